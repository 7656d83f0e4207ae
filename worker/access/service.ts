// Owns who may ask: tokens become principals here and nowhere else.
// Never stores a token, only its SHA-256; never says which part of a credential was wrong.
// Writes workspaces and tokens.
import { allScopes, scopeSchema } from "#contract/access/access";
import type { Principal, WorkspaceInfo } from "#contract/access/access";
import { tokenIdSchema, workspaceIdSchema } from "#contract/ids";
import type { WorkspaceId } from "#contract/ids";
import { formatCount } from "#contract/words";
import { AppError } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { equalInConstantTime, sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { ownerPrincipal } from "./principal.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import { findToken, findWorkspace, putOwner } from "./store.ts";
import type { TokenRow } from "./store.ts";

export interface AccessDeps extends SigningKeys {
  db: Db;
  clock: Clock;
  /** The owner's token from the environment; empty when there is none. */
  ownerToken: string;
  /** How many runs of a workspace are left that is being deleted; so many are counted and no more. */
  countRunsLeft: (workspaceId: WorkspaceId) => Promise<{ count: number; most: number }>;
}

/** The workspace that exists from the first start. */
export const firstWorkspaceId = workspaceIdSchema.parse("wsp_00000000000000000000000000");
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
  const { id, workspace_id } = row;
  if (row.kind === "owner") return ownerPrincipal({ id, workspaceId: workspace_id });
  const scopes = row.scopes.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []);
  return { kind: "token", id, workspace_id, owner: false, user_id: null, role: null, scopes };
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
  };
}

/**
 * Who a request's token stands for. Throws `unauthenticated` for none, an unknown and an expired one alike, and
 * `workspace_being_deleted` to the owner while that is so. A row of the
 * owner's is only as good as the environment says: one that was adopted stays in the table when the token is replaced.
 */
export async function authenticate(deps: AccessDeps, request: Request): Promise<Principal> {
  const token = readToken(request);
  if (token === "") throw unauthenticated();
  const hash = await sha256Hex(token);
  const isOwner = deps.ownerToken !== "" && equalInConstantTime(token, deps.ownerToken);
  const row = await findToken(deps.db, hash);
  if (!row) {
    if (!isOwner) throw unauthenticated();
    return toPrincipal(await adoptOwner(deps, hash));
  }
  if (row.kind === "owner" && !isOwner) throw unauthenticated();
  if (row.expires_at !== null && row.expires_at <= deps.clock()) throw unauthenticated();
  return toPrincipal(row);
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
