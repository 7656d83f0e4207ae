import { ApiProblem } from "#contract/client";
import { tokenRoutes } from "#contract/tokens/routes";
import { isTransient, openApi } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { readServers, removeServer, withSingle, writeServers } from "../../servers.ts";
import type { Server, ServerBook } from "../../servers.ts";
import { findServer } from "../servers/find-server.ts";
import type { logoutSpec } from "./specs.ts";

/** What became of a token at its server: `kept` is one that is not ended by a sign-in's end, `unknown` one nobody answered about. */
type Ending = "revoked" | "gone" | "kept" | "unknown";

/** Ends sign-ins: their tokens are revoked where they are good, and forgotten here whatever the server says. */
export const run: Run<typeof logoutSpec> = async (context, { args, options }) => {
  const { output, json, host } = context;
  let book = withSingle(readServers(host));
  const ended: { server: string; api_url: string; token: Ending }[] = [];
  for (const server of chooseServers(book, { name: args.name, all: options.all })) {
    const token = await endToken(context, server);
    book = removeServer(book, server.name);
    writeServers(host, book);
    ended.push({ server: server.name, api_url: server.api_url, token });
    if (!json) {
      output.line(`Signed out of ${server.name}.`);
      if (remarks[token] !== "") output.note(remarks[token]);
    }
  }
  if (json) output.document(ended);
  return ended.some(({ token }) => token === "unknown") ? exitCodes.unavailable.code : exitCodes.ok.code;
};

const remarks: Record<Ending, string> = {
  revoked: "Its token is revoked.",
  gone: "",
  kept: "Its token is the server owner's and stays good; here it is forgotten.",
  unknown:
    "The server did not answer: the token is forgotten here and good there until it ends. Revoke it with floom tokens revoke.",
};

function chooseServers(
  book: ServerBook,
  { name, all }: { name: string | undefined; all: boolean },
): Server[] {
  if (all) return book.servers;
  const wanted = name ?? book.current;
  if (wanted !== null) return [findServer(book, wanted)];
  throw new CliError("No sign-in is in use.", {
    exit: "usage",
    code: "not_signed_in",
    hint: "Name one of those that floom servers list shows. The Floom of this machine needs no sign-in.",
  });
}

async function endToken({ host, connection }: CommandContext, server: Server): Promise<Ending> {
  const api = openApi(host, {
    ...connection(),
    origin: server.api_url,
    originSource: server.name,
    token: server.token,
  });
  try {
    await api.call(tokenRoutes.deleteToken, { params: { token: "current" } });
    return "revoked";
  } catch (error) {
    if (isTransient(error)) return "unknown";
    if (!(error instanceof ApiProblem)) throw error;
    if (error.problem.code === "conflict") return "kept";
    return error.problem.status === 401 || error.problem.code === "not_found" ? "gone" : "unknown";
  }
}
