import { ApiProblem } from "#contract/client";
import type { WorkspaceSummary } from "#contract/members/member";
import { memberRoutes } from "#contract/members/routes";
import { platformRoutes } from "#contract/system/routes";
import { tokenRoutes } from "#contract/tokens/routes";
import { openApi } from "../../api.ts";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { Run } from "../../command.ts";
import type { CommandContext } from "../../context.ts";
import { exitCodes } from "../../exit-code.ts";
import { addServer, nameFor, readServers, withSingle, writeServers } from "../../servers.ts";
import type { Server, ServerBook } from "../../servers.ts";
import { findWorkspace } from "./find-workspace.ts";
import type { useWorkspaceSpec } from "./specs.ts";

/** Chooses the workspace that commands act in from now on; its token is shown nowhere. */
export const run: Run<typeof useWorkspaceSpec> = async (context, { args }) => {
  const { output, json, host } = context;
  // Read before anything is asked: a token that cannot be kept must not be made.
  const book = withSingle(readServers(host));
  const signIn = findSignIn(context, book);
  const api = await context.api();
  const workspace = findWorkspace(await api.call(memberRoutes.listWorkspaces), args.workspace);
  const server = workspace.current
    ? signIn
    : ((await findKept(context, { book, signIn, workspace })) ??
      (await getToken(api, { book, signIn, workspace })));
  writeServers(host, addServer(book, { ...server, workspace_name: workspace.name }));
  const { name, api_url, expires_at } = server;
  if (json) {
    const { id, name: workspaceName } = workspace;
    output.document({ workspace_id: id, workspace_name: workspaceName, server: name, api_url, expires_at });
  } else output.line(`${workspace.name} is used, as ${name}.`);
  return exitCodes.ok.code;
};

interface Choice {
  book: ServerBook;
  /** The sign-in that asks. */
  signIn: Server;
  workspace: WorkspaceSummary;
}

/** The sign-in that this command is made with. Throws where that is none which could be put aside for another. */
function findSignIn({ connection }: CommandContext, { servers }: ServerBook): Server {
  const { origin, token, tokenSource } = connection();
  const found = servers.find((server) => server.api_url === origin && server.token === token);
  if (found !== undefined) return found;
  throw new CliError(
    `The token that is used ${tokenSource === undefined ? "is none" : `comes from ${tokenSource}`}, which this cannot change.`,
    {
      exit: "usage",
      code: "not_signed_in",
      hint: "Sign in, and choose then: floom login",
    },
  );
}

/** The sign-in to that workspace which is kept here already; undefined for none, and for one whose token is good no more. */
async function findKept(
  { host, connection }: CommandContext,
  { book, signIn, workspace }: Choice,
): Promise<Server | undefined> {
  const kept = book.servers.find(
    (server) => server.api_url === signIn.api_url && server.workspace_id === workspace.id,
  );
  if (kept === undefined) return undefined;
  const api = openApi(host, { ...connection(), originSource: kept.name, token: kept.token });
  try {
    await api.call(platformRoutes.getWorkspaceInfo);
    return kept;
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status === 401) return undefined;
    throw error;
  }
}

/** A sign-in by a token that the server makes for that workspace. */
async function getToken(api: Api, { book, signIn, workspace }: Choice): Promise<Server> {
  const made = await api.call(tokenRoutes.createWorkspaceToken, { params: { workspace: workspace.id } });
  return {
    name: nameFor(book, signIn.api_url, workspace.id),
    api_url: signIn.api_url,
    token: made.token,
    workspace_id: workspace.id,
    workspace_name: workspace.name,
    expires_at: made.expires_at,
  };
}
