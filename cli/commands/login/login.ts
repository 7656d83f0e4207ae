import type { WorkspaceInfo } from "#contract/access/access";
import { hasTokenPrefix, isTokenForm } from "#contract/tokens/format";
import { platformRoutes } from "#contract/system/routes";
import { openApi } from "../../api.ts";
import { CliError, usageError } from "../../cli-error.ts";
import type { Call, Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { addServer, configFile, nameFor, readServers, withSingle, writeServers } from "../../servers.ts";
import type { Server } from "../../servers.ts";
import { readScopes } from "../tokens/read-scopes.ts";
import { askPerson } from "./ask-person.ts";
import { readOrigin } from "./read-origin.ts";
import type { loginSpec } from "./specs.ts";

/** Signs in to a server and keeps the token there; the token itself is shown nowhere. */
export const run: Run<typeof loginSpec> = async (context, { options }) => {
  const { output, json, host } = context;
  const origin = readOrigin(options.server ?? context.connection().origin);
  // Read before anything is asked: a file that cannot be kept must not cost a person an approval.
  const book = withSingle(readServers(host));
  const { token, expires_at } = await findToken(context, origin, options);
  const info = await openAt(context, origin, token).call(platformRoutes.getWorkspaceInfo);
  const server: Server = {
    name: options.name ?? nameFor(book, origin, info.workspace_id),
    api_url: origin,
    token,
    workspace_id: info.workspace_id,
    workspace_name: info.workspace_name,
    expires_at,
  };
  writeServers(host, addServer(book, server));
  if (json) output.document(describe(server, info));
  else {
    output.line(`Signed in to ${origin}, workspace ${info.workspace_name}, as ${server.name}.`);
    output.note(
      `It is used from now on. ${expires_at === null ? "" : `The token ends on ${expires_at.slice(0, 10)}. `}It is kept in ${configFile(host)}.`,
    );
  }
  return exitCodes.ok.code;
};

function describe({ name, api_url, expires_at }: Server, info: WorkspaceInfo) {
  return { server: name, api_url, expires_at, ...info };
}

function openAt({ host, connection }: CommandContext, origin: string, token: string | undefined) {
  return openApi(host, { ...connection(), origin, originSource: "--server", token });
}

async function findToken(
  context: CommandContext,
  origin: string,
  options: Call<typeof loginSpec>["options"],
): Promise<{ token: string; expires_at: string | null }> {
  if (options.token === undefined) {
    const scopes = options.scopes === undefined ? [] : readScopes(options.scopes);
    const approved = await askPerson(context, openAt(context, origin, undefined), scopes);
    return { token: approved.api_secret, expires_at: approved.expires_at };
  }
  return { token: await readToken(context), expires_at: null };
}

/** The token that somebody types unseen, or another program writes. */
async function readToken({ host, output }: CommandContext): Promise<string> {
  const text = host.stdin.isTerminal
    ? await output.askHidden("Token (not shown): ")
    : await host.stdin.readAll();
  const token = text.trim();
  if (token === "" || /\s/.test(token))
    throw usageError("There is no token: one word is read from standard input.");
  if (hasTokenPrefix(token) && !isTokenForm(token)) {
    throw new CliError("This is no whole token: its last characters do not fit the others.", {
      exit: "usage",
      code: "bad_token",
      hint: "Copy it again, from its first character to its last.",
    });
  }
  return token;
}
