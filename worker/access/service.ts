// Owns who may ask: tokens become principals here and nowhere else.
// Never stores a token, only its SHA-256; never says which part of a credential was wrong.
// Writes workspaces and tokens, and the first membership of a person.
import { allScopes, scopeSchema } from "#contract/access/access";
import type { Principal, WorkspaceInfo } from "#contract/access/access";
import { scopesAllowed, scopesOfRole, scopesOfTokens } from "#contract/access/roles";
import { tokenIdSchema, workspaceIdSchema } from "#contract/ids";
import type { TokenId, UserId, WorkspaceId } from "#contract/ids";
import { hasTokenPrefix, isTokenForm } from "#contract/tokens/format";
import { formatCount } from "#contract/words";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { equalInConstantTime, sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import { describeError, log } from "../platform/log.ts";
import { isUseNews } from "./last-used.ts";
import { firstWorkspaceId, ownerPrincipal } from "./principal.ts";
import {
  findMembership,
  findToken,
  findTokenById,
  findWorkspace,
  noteTokenUse,
  putFirstWorkspace,
  putOwner,
} from "./store.ts";
import type { Membership, TokenRow } from "./store.ts";

/** Who is signed in. */
export interface SignedIn {
  user_id: UserId;
  session_id: string;
  email: string;
  email_verified: boolean;
}

export interface AccessDeps extends SigningKeys {
  db: Db;
  clock: Clock;
  /** The owner's token from the environment; empty when there is none. */
  ownerToken: string;
  /** Whether this server is the owner's own machine, reached by nobody else: then who holds the token is the person. */
  ownerIsLocal: boolean;
  /** Who is signed in, by the request's cookie; null for nobody. Asked only where a request shows no token. */
  findSession: (request: Request) => Promise<SignedIn | null>;
  newWorkspaceId: (nowMs: number) => WorkspaceId;
  /** How many runs of a workspace are left that is being deleted; so many are counted and no more. */
  countRunsLeft: (workspaceId: WorkspaceId) => Promise<{ count: number; most: number }>;
  /** Has work go on behind the answer. */
  behind: (work: Promise<unknown>) => void;
  /** Told the hash of the token that is shown, as soon as it is known: what is to be found by it can be looked for at once. */
  shown?: (hash: string) => void;
  /** Told what the workspace's catalog was marked with when it was found out who asks: the same question answers both. */
  marked?: (workspaceId: WorkspaceId, mark: number) => void;
}

const ownerTokenId = tokenIdSchema.parse("tok_00000000000000000000000000");

/** The one refusal of a credential: it does not say what was wrong with it. */
export function unauthenticated(): AppError {
  return new AppError("unauthenticated", "Send a valid token: `Authorization: Bearer <token>`.");
}

/** So often it is worth asking whether a deletion is done: its own steps are a minute apart. */
const ASK_AGAIN_SECONDS = 30;

function beingDeleted({ count, most }: { count: number; most: number }): AppError {
  const left = `${count >= most ? "At least " : ""}${formatCount(count, "run")} ${count === 1 ? "is" : "are"} left.`;
  return new AppError(
    "workspace_being_deleted",
    `The workspace is being deleted. ${left} When everything in it is gone, this token makes a new, empty one.`,
    { retryAfterSeconds: ASK_AGAIN_SECONDS },
  );
}

/** The token of a request, empty for none: a bearer token, or one of the headers that Floom's clients send. */
export function readToken(request: Request): string {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  return bearer ?? request.headers.get("x-floom-token") ?? request.headers.get("x-floom-secret") ?? "";
}

/** The owner may do everything that there is, whatever there was when the row was written. */
function toPrincipal(row: TokenRow): Principal {
  const { id, workspace_id, user_id, role, reach } = row;
  if (row.kind === "owner") return ownerPrincipal({ id, workspaceId: workspace_id });
  const given = row.scopes.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []);
  const bound = role ?? row.service_role;
  const scopes = bound === null ? given : scopesAllowed(bound, given);
  return { kind: "token", id, workspace_id, owner: false, user_id, role, reach, scopes };
}

/** Decisions are people's: whoever holds a token is none, but for the owner at their own machine. */
function withoutDecisions(deps: Pick<AccessDeps, "ownerIsLocal">, principal: Principal): Principal {
  if (principal.kind === "token" && principal.owner && deps.ownerIsLocal) return principal;
  return { ...principal, scopes: scopesOfTokens(principal.scopes) };
}

/**
 * The owner's token of the environment becomes an ordinary row the first time it is shown. Throws
 * `workspace_being_deleted` as long as there is something left of a workspace whose place the new one would take.
 */
async function adoptOwner(deps: AccessDeps, hash: string): Promise<TokenRow> {
  const seed = {
    workspaceId: firstWorkspaceId,
    workspaceName: "default",
    tokenId: ownerTokenId,
    hash,
    scopes: allScopes,
    now: deps.clock(),
  };
  if (!(await putOwner(deps.db, seed))) throw beingDeleted(await deps.countRunsLeft(firstWorkspaceId));
  return {
    id: ownerTokenId,
    workspace_id: firstWorkspaceId,
    kind: "owner",
    scopes: [...allScopes],
    expires_at: null,
    user_id: null,
    service_role: null,
    last_used_at: null,
    role: null,
    reach: null,
    catalog_mark: 0,
  };
}

/**
 * Who a request stands for: whoever its token is of, or without one whoever is signed in. Throws `unauthenticated` for
 * none, an unknown and an expired one alike, and for a token of somebody who is no member any more;
 * `workspace_being_deleted` to the owner while that is so; `not_found` where a workspace is named that is not theirs.
 */
export async function authenticate(deps: AccessDeps, request: Request): Promise<Principal> {
  const token = readToken(request);
  const principal = token === "" ? await findAccount(deps, request) : await findBearer(deps, token);
  const wanted = wantedWorkspace(request);
  if (wanted !== null && wanted !== principal.workspace_id) throw notFound("workspace");
  return principal;
}

/**
 * Whose a token is. A row of the owner's is only as good as the environment says: one that was adopted stays in the
 * table when the token is replaced.
 */
async function findBearer(deps: AccessDeps, token: string): Promise<Principal> {
  // Its own check digits say that nobody made this one: no table has to be asked.
  if (hasTokenPrefix(token) && !isTokenForm(token)) throw unauthenticated();
  const hash = await sha256Hex(token);
  const isOwner = deps.ownerToken !== "" && equalInConstantTime(token, deps.ownerToken);
  deps.shown?.(hash);
  const row = await findToken(deps.db, hash);
  if (!row) {
    if (!isOwner) throw unauthenticated();
    return withoutDecisions(deps, toPrincipal(await adoptOwner(deps, hash)));
  }
  if (row.kind === "owner" && !isOwner) throw unauthenticated();
  const now = deps.clock();
  if (!isGood(row, now)) throw unauthenticated();
  const principal = withoutDecisions(deps, toPrincipal(row));
  deps.marked?.(row.workspace_id, row.catalog_mark);
  if (row.kind !== "owner" && isUseNews(row.last_used_at, now)) deps.behind(noteUse(deps, row.id, now));
  return principal;
}

/** Not one that is over, nor one of somebody who is no member any more, or of a service account that is gone. Pure. */
function isGood({ kind, expires_at, user_id, role, service_role }: TokenRow, now: number): boolean {
  if (expires_at !== null && expires_at <= now) return false;
  if (user_id !== null && role === null) return false;
  return kind !== "service" || service_role !== null;
}

/**
 * Whom a token of this id stands for at this moment, though it is not shown: for what goes on in its name. Null for one
 * that is gone, over, or good for nothing any more.
 */
export async function findTokenPrincipal(
  deps: Pick<AccessDeps, "db" | "clock" | "ownerToken" | "ownerIsLocal">,
  id: string,
): Promise<Principal | null> {
  const found = await findTokenById(deps.db, id);
  const ofOwner =
    found?.kind === "owner" ? await findToken(deps.db, await sha256Hex(deps.ownerToken)) : found;
  // One that was adopted stays in the table when the environment has another: only the one it has now is good.
  if (ofOwner?.id !== id || !isGood(ofOwner, deps.clock())) return null;
  return withoutDecisions(deps, toPrincipal(ofOwner));
}

async function noteUse({ db }: Pick<AccessDeps, "db">, id: TokenId, now: number): Promise<void> {
  try {
    await noteTokenUse(db, id, now);
  } catch (error) {
    // When it was last used is good to know; that the call is answered is worth more.
    log("warn", "token.use_unnoted", { token_id: id, error: describeError(error) });
  }
}

/** Who is signed in, in the workspace they name or the first one they came to. Whoever has none is given one. */
async function findAccount(deps: AccessDeps, request: Request): Promise<Principal> {
  const session = await deps.findSession(request);
  if (session === null) throw unauthenticated();
  const { user_id, email } = session;
  const wanted = wantedWorkspace(request);
  const found = await findMembership(deps.db, user_id, wanted);
  if (!found && wanted !== null) throw notFound("workspace");
  const membership = found ?? (await createPersonalWorkspace(deps, session));
  const { workspace_id, role, reach, catalog_mark: mark } = membership;
  deps.marked?.(workspace_id, mark);
  return {
    kind: "account",
    id: user_id,
    workspace_id,
    user_id,
    role,
    reach,
    email: session.email_verified ? email.toLowerCase() : null,
    scopes: [...scopesOfRole[role]],
  };
}

/** One parameter of an address; null for none. Most addresses have none at all. */
function readQuery(url: string, name: string): string | null {
  return url.includes("?") ? (URL.parse(url)?.searchParams.get(name) ?? null) : null;
}

/**
 * The workspace that a request names, in a header or for pages in the address; null for none. Clients of the first Floom
 * send names of their own making, which name none here.
 */
function wantedWorkspace(request: Request): WorkspaceId | null {
  const named = request.headers.get("x-workeros-workspace") ?? readQuery(request.url, "workspace");
  return named === null ? null : (workspaceIdSchema.safeParse(named).data ?? null);
}

/** The workspace that everybody has for themselves. Made once for each person, however often it is asked for. */
export async function createPersonalWorkspace(
  deps: Pick<AccessDeps, "db" | "clock" | "newWorkspaceId">,
  person: Pick<SignedIn, "user_id" | "email"> & { name?: string | null },
): Promise<Membership> {
  const { user_id, email, name = null } = person;
  const now = deps.clock();
  const workspace = {
    id: deps.newWorkspaceId(now),
    name: name ?? email.split("@")[0] ?? email,
    created_at: now,
  };
  await putFirstWorkspace(deps.db, workspace, { user_id, email: email.toLowerCase(), name });
  const membership = await findMembership(deps.db, user_id, null);
  if (!membership) throw unauthenticated();
  return membership;
}

/** The word `whoami` has always had for the owner's token. */
function describeKind(principal: Principal): string {
  return principal.kind === "token" && principal.owner ? "owner" : principal.kind;
}

/** The workspace and principal behind a request, for `whoami`. */
export async function getWorkspaceInfo(
  deps: Pick<AccessDeps, "db">,
  principal: Principal,
): Promise<WorkspaceInfo> {
  const workspace = await findWorkspace(deps.db, principal.workspace_id);
  return {
    workspace_id: principal.workspace_id,
    workspace_name: workspace?.name ?? "default",
    principal: { kind: describeKind(principal), scopes: principal.scopes },
  };
}
