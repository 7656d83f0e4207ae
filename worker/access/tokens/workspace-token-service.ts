// Owns the way from one workspace of a person to another of theirs by a token, each of which is good in one alone.
// Never gives what the token that is shown has not got: no scope more, no day more, no workspace its person is not in.
// Writes tokens.
import type { Principal } from "#contract/access/access";
import { scopesAllowed } from "#contract/access/roles";
import type { CreatedToken } from "#contract/tokens/token";
import { AppError, notFound } from "../../platform/app-error.ts";
import { toIso } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import { findMembership } from "../store.ts";
import { keepToken, mintToken } from "./service.ts";
import type { TokenDeps } from "./service.ts";
import { findTokenRow } from "./store.ts";
import type { KeptToken, NewToken } from "./store.ts";
import { endOfToken, requireMaker } from "./token-rules.ts";

type Membership = NonNullable<Awaited<ReturnType<typeof findMembership>>>;

interface Ask {
  workspace: string;
  /** Told who asks in the other workspace, whose change it is: there it is put on record. */
  identified: (principal: Principal) => void;
}

/**
 * Makes a token of the person whose token is shown, for another workspace that they are in. Throws `insufficient_scope`
 * where it may make none, `not_found` for a workspace that is not theirs and for a token that is nobody's alike,
 * `scope_exceeds_maker` where their role there leaves nothing of its scopes, and `too_many_tokens`.
 */
export async function createWorkspaceToken(
  deps: TokenDeps,
  principal: Principal,
  { workspace, identified }: Ask,
): Promise<CreatedToken> {
  requireMaker(principal);
  const shown = await findShown(deps, principal);
  const there = shown && (await findMembership(deps.db, shown.user_id, workspace));
  if (!there) throw notFound("workspace");
  identified({ ...principal, workspace_id: there.workspace_id });
  const { token, hash } = await mintToken("personal");
  const row = likeShown(shown, there, { now: deps.clock(), hash, held: principal.scopes });
  await keepToken(deps, row, shown.id);
  return {
    id: row.id,
    kind: "personal",
    name: row.name,
    service_account: null,
    scopes: [...row.scopes],
    created_at: toIso(row.created_at),
    created_by: row.created_by,
    expires_at: toIso(row.expires_at),
    last_used_at: null,
    current: false,
    token,
  };
}

/** The token that somebody asks with, where it is a person's; null for any other, and for who is signed in without one. */
async function findShown(
  { db }: TokenDeps,
  { kind, workspace_id, id }: Principal,
): Promise<(KeptToken & { user_id: NonNullable<KeptToken["user_id"]> }) | null> {
  const row = kind === "token" ? await findTokenRow(db, workspace_id, id) : undefined;
  const user_id = row?.user_id ?? null;
  return row === undefined || user_id === null ? null : { ...row, user_id };
}

/** The row of a token that is as the shown one is, and bound to another workspace. */
function likeShown(
  shown: KeptToken,
  there: Membership,
  { now, hash, held }: { now: number; hash: string; held: Principal["scopes"] },
): NewToken {
  const scopes = scopesAllowed(there.role, held);
  if (scopes.length === 0) {
    throw new AppError(
      "scope_exceeds_maker",
      "Your role in that workspace leaves nothing of what your token may do.",
    );
  }
  return {
    id: newId("tok", now),
    workspace_id: there.workspace_id,
    kind: "token",
    name: shown.name,
    hash,
    scopes,
    user_id: shown.user_id,
    service_account_id: null,
    created_at: now,
    created_by: shown.id,
    expires_at: shown.expires_at ?? endOfToken({ days: undefined, now, makerEnds: null }),
  };
}
