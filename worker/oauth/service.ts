// Owns which programs act for which people: what a person is asked, what they said, and that it ends when they say so.
// Never takes a workspace from a client; never lets a client in that a signed-in person has not let in.
// Writes oauth_grants; the tables of tokens and clients are the engine's.
import type { AccountPrincipal, Principal } from "#contract/access/access";
import type { ClientGrantId, UserId } from "#contract/ids";
import { clientScopeNames, clientScopes, OFFLINE_SCOPE } from "#contract/oauth/scopes";
import type { ClientScope } from "#contract/oauth/scopes";
import type { ClientRequest, ConnectedClient, DecideClient, DecidedClient } from "#contract/oauth/client";
import * as z from "zod";
import { AppError, notFound } from "../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import type { OAuthEngine, OAuthEngineDeps } from "./engine-api.ts";
import { nameIssuer } from "./name-issuer.ts";
import { deleteGrant, findClient, listGrants, listPlaces, putGrant } from "./store.ts";
import type { GrantRow, GrantsOf } from "./store.ts";

export interface OAuthDeps extends OAuthEngineDeps {
  clock: Clock;
  newGrantId: (nowMs: number) => ClientGrantId;
  /** Has work go on behind the answer. */
  behind: (work: Promise<unknown>) => void;
  /** One object for each set of settings; an engine is built once for it. */
  settings: object;
}

const engines = new WeakMap<object, Promise<OAuthEngine>>();

/** The engine for these settings, loaded the first time it is asked for. Throws `public_url_unset`. */
export function openOAuthEngine(deps: OAuthDeps): Promise<OAuthEngine> {
  requirePublicUrl(deps.publicUrl);
  const known = engines.get(deps.settings);
  if (known) return known;
  const engine = import("./auth-engine.ts").then(({ createOAuthEngine }) => createOAuthEngine(deps));
  engines.set(deps.settings, engine);
  // One that could not be built is tried again by whoever comes next.
  engine.catch(() => engines.delete(deps.settings));
  return engine;
}

/** Whose clients somebody may see and end: a signed-in person's in all their workspaces, a token's in its own. */
function grantsOf(principal: Principal): GrantsOf {
  if (principal.kind === "account") return { userId: principal.user_id, workspaceId: null };
  if (principal.kind === "token" && principal.user_id !== null)
    return { userId: principal.user_id, workspaceId: principal.workspace_id };
  throw new AppError("account_only", "Clients are connected to people: a token that is nobody's has none.");
}

/** The clients that act for whoever asks, the newest first. Throws `account_only`. */
export async function listConnectedClients(
  deps: Pick<OAuthDeps, "db">,
  principal: Principal,
): Promise<ConnectedClient[]> {
  return (await listGrants(deps.db, grantsOf(principal))).map(describeGrant);
}

function describeGrant(row: GrantRow): ConnectedClient {
  const { id, client_id, workspace_id, workspace_name, scopes } = row;
  return {
    id,
    client_id,
    client_name: row.client_name ?? client_id,
    known_by: row.discovery === null ? "itself" : "document",
    workspace_id,
    workspace_name,
    scopes,
    connected_at: toIso(row.connected_at),
    last_used_at: toIsoOrNull(row.last_used_at),
  };
}

/** Disconnects a client of whoever asks. Throws `account_only`, and `not_found` for another person's as for none. */
export async function revokeConnectedClient(
  deps: Pick<OAuthDeps, "db">,
  principal: Principal,
  id: string,
): Promise<void> {
  if (!(await deleteGrant(deps.db, grantsOf(principal), id))) throw notFound("client");
}

/** Who is signed in; no token lets a program in. Throws `account_only`. */
export function requireAccount(principal: Principal): AccountPrincipal {
  if (principal.kind === "account") return principal;
  throw new AppError("account_only", "A client is let in by whoever is signed in with an account.");
}

function invalid(detail: string): AppError {
  return new AppError("client_request_invalid", detail);
}

const asked = (params: URLSearchParams): ClientScope[] => {
  const words = params.get("scope")?.split(" ") ?? [];
  return clientScopeNames.filter((scope) => words.includes(scope));
};

/**
 * What a client asks of this person, in words. The request is judged when it is decided: its signature covers all that is
 * shown here. Throws `client_request_invalid`.
 */
export async function describeRequest(
  deps: Pick<OAuthDeps, "db">,
  userId: UserId,
  request: string,
): Promise<ClientRequest> {
  const params = new URLSearchParams(request);
  const client = await findClient(deps.db, params.get("client_id") ?? "");
  const back = URL.parse(params.get("redirect_uri") ?? "");
  if (client === undefined || back === null) throw invalid("No client of this server asks for this.");
  return {
    client_name: client.name ?? client.client_id,
    client_host: client.discovery === null ? null : (URL.parse(client.client_id)?.host ?? null),
    known_by: client.discovery === null ? "itself" : "document",
    redirect_host: back.host === "" ? back.protocol : back.host,
    scopes: asked(params).map((scope) => ({ scope, words: clientScopes[scope] })),
    workspaces: await listPlaces(deps.db, userId),
  };
}

const leadSchema = z.object({ url: z.string() });

/**
 * Takes a person's word about a client, and says where their browser goes. `browser` is the request by which they said it:
 * its cookie is what the engine believes. Throws `client_request_invalid`, and `not_found` for a workspace that is not
 * theirs.
 */
export async function decideRequest(
  deps: OAuthDeps,
  principal: AccountPrincipal,
  { decision, browser }: { decision: DecideClient; browser: Request },
): Promise<DecidedClient> {
  const engine = await openOAuthEngine(deps);
  if (decision.verdict === "deny") {
    const json = { accept: false, oauth_query: decision.request };
    return lead(deps, await engine.handle(tellEngine(deps, json, browser)));
  }
  const params = new URLSearchParams(decision.request);
  const clientId = params.get("client_id") ?? "";
  if ((await findClient(deps.db, clientId)) === undefined)
    throw invalid("No client of this server asks for this.");
  if (decision.scopes.some((scope) => !asked(params).includes(scope)))
    throw invalid("The client did not ask for all of this.");
  const grant = await putGrant(deps.db, {
    id: deps.newGrantId(deps.clock()),
    client_id: clientId,
    user_id: principal.user_id,
    workspace_id: decision.workspace_id,
    scopes: decision.scopes,
    connected_at: deps.clock(),
  });
  if (grant === undefined) throw notFound("workspace");
  const scope = [...decision.scopes, OFFLINE_SCOPE].join(" ");
  const json = { accept: true, scope, oauth_query: decision.request };
  try {
    return await lead(deps, await engine.handle(tellEngine(deps, json, browser), grant.id));
  } catch (error) {
    const of = { userId: principal.user_id, workspaceId: decision.workspace_id };
    if (grant.isNew) await deleteGrant(deps.db, of, grant.id);
    throw error;
  }
}

/** The person's word as the engine takes it: as its own page would send it, by their own cookie. */
function tellEngine({ publicUrl }: OAuthDeps, json: unknown, browser: Request): Request {
  return new Request(`${publicUrl}/oauth2/consent`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json",
      origin: publicUrl,
      cookie: browser.headers.get("cookie") ?? "",
      "cf-connecting-ip": browser.headers.get("cf-connecting-ip") ?? "",
    },
    body: JSON.stringify(json),
  });
}

async function lead({ publicUrl }: OAuthDeps, answer: Response): Promise<DecidedClient> {
  const said = leadSchema.safeParse(await answer.json().catch(() => null));
  if (!answer.ok || !said.success)
    throw invalid("The request was changed, is too old, or was decided by somebody else.");
  return { redirect_to: nameIssuer(said.data.url, publicUrl) };
}
