// Owns tokens that are made, shown once, put in another's place and ended, and the service accounts of programs.
// Never stores or repeats a token, only its SHA-256; never gives a scope, nor time, that its maker has not got.
// Writes tokens and service accounts.
import { allScopes, scopeSchema } from "#contract/access/access";
import type { Principal, Scope } from "#contract/access/access";
import { scopesOfRole, scopesOfTokens } from "#contract/access/roles";
import { formatLimit } from "#contract/limits";
import { buildToken } from "#contract/tokens/format";
import type { TokenKind } from "#contract/tokens/format";
import type {
  CreatedToken,
  CreateServiceAccount,
  CreateToken,
  ServiceAccount,
  TokenSummary,
} from "#contract/tokens/token";
import { AppError, notFound } from "../../platform/app-error.ts";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { Clock } from "../../platform/clock.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import type { Db } from "../../platform/db/client.ts";
import { newId } from "../../platform/ids.ts";
import {
  deleteService,
  deleteTokenRow,
  findServiceRow,
  findTokenRow,
  forgetEnded,
  listServiceRows,
  listTokenRows,
  putService,
  putToken,
  replaceToken,
} from "./store.ts";
import type { KeptToken, NewToken, ServiceAccountRow } from "./store.ts";
import { endOfToken, isInReach, mayHold, reachOf, requireHeld, requireMaker } from "./token-rules.ts";

export interface TokenDeps {
  db: Db;
  clock: Clock;
}

/** So long a token that has ended is still listed, milliseconds. */
const ENDED_KEPT_MS = 30 * 86_400_000;
const CHANCE_BYTES = 64;

/** A new token: the text that is shown once, and the digest that is kept. */
export async function mintToken(kind: TokenKind): Promise<{ token: string; hash: string }> {
  for (;;) {
    const token = buildToken(kind, crypto.getRandomValues(new Uint8Array(CHANCE_BYTES)));
    if (token !== null) return { token, hash: await sha256Hex(token) };
  }
}

const knownScopes = (scopes: readonly string[]): Scope[] =>
  scopes.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []);

function describeToken(row: KeptToken, principal: Principal): TokenSummary {
  const kinds = { owner: "owner", token: "personal", service: "service" } as const;
  return {
    id: row.id,
    kind: kinds[row.kind],
    name: row.name,
    service_account: row.service_account,
    scopes: knownScopes(row.scopes),
    created_at: toIso(row.created_at),
    created_by: row.created_by,
    expires_at: toIsoOrNull(row.expires_at),
    last_used_at: toIsoOrNull(row.last_used_at),
    current: row.id === principal.id,
  };
}

/** The tokens that somebody sees, newest first. */
export async function listTokens(deps: TokenDeps, principal: Principal): Promise<TokenSummary[]> {
  requireMaker(principal);
  const rows = await listTokenRows(deps.db, principal.workspace_id, reachOf(principal));
  return rows.map((row) => describeToken(row, principal));
}

/** The token that somebody asks with, as its row has it; null for a person who is signed in. */
async function findMaker({ db }: TokenDeps, principal: Principal): Promise<KeptToken | null> {
  if (principal.kind !== "token") return null;
  return (await findTokenRow(db, principal.workspace_id, principal.id)) ?? null;
}

/** Makes a token for whoever asks, or for a service account. */
export async function createToken(
  deps: TokenDeps,
  principal: Principal,
  want: CreateToken,
): Promise<CreatedToken> {
  requireMaker(principal);
  requireHeld(want.scopes, scopesOfTokens(allScopes), "a token (approvals are decided by people)");
  requireHeld(want.scopes, principal.scopes);
  const now = deps.clock();
  const maker = await findMaker(deps, principal);
  const service = await findService(deps, principal, { named: want.service_account, maker });
  if (service !== null) {
    requireHeld(
      want.scopes,
      scopesOfTokens(scopesOfRole[service.role]),
      `the service account ${service.name}`,
    );
  }
  const { token, hash } = await mintToken(service === null ? "personal" : "service");
  const row: NewToken = {
    id: newId("tok", now),
    workspace_id: principal.workspace_id,
    kind: service === null ? "token" : "service",
    name: want.name,
    hash,
    scopes: [...new Set(want.scopes)],
    user_id: service === null && "user_id" in principal ? principal.user_id : null,
    service_account_id: service?.id ?? null,
    created_at: now,
    created_by: principal.id,
    expires_at: endOfToken({ days: want.expires_in_days, now, makerEnds: maker?.expires_at ?? null }),
  };
  await keepToken(deps, row, maker?.id ?? null);
  const kept = {
    ...row,
    scopes: [...row.scopes],
    service_account: service?.name ?? null,
    last_used_at: null,
  };
  return { ...describeToken(kept, principal), token };
}

/**
 * Writes a new token where there is room for it; `makerId` is the token that it is made with, null for a person. Throws
 * `too_many_tokens`.
 */
export async function keepToken(
  { db, clock }: TokenDeps,
  row: NewToken,
  makerId: string | null,
): Promise<void> {
  await forgetEnded(db, row.workspace_id, clock() - ENDED_KEPT_MS);
  if (await putToken(db, row, makerId)) return;
  throw new AppError(
    "too_many_tokens",
    `A workspace has at most ${formatLimit("workspace_tokens")} that are tokens.`,
  );
}

/**
 * The service account that a new token is for: the one that was named, by whoever looks after the workspace's members;
 * else that of the token it is made with, so that what a program makes ends with the program. Null for a person's.
 */
async function findService(
  { db }: TokenDeps,
  principal: Principal,
  { named, maker }: { named: string | undefined; maker: KeptToken | null },
): Promise<ServiceAccountRow | null> {
  const own = maker?.service_account ?? null;
  if (named === undefined && own === null) return null;
  if (named !== undefined && named !== own && !principal.scopes.includes("members:write"))
    throw new AppError("insufficient_scope", "Tokens of service accounts need the scope members:write.");
  const row = await findServiceRow(db, principal.workspace_id, named ?? own ?? "");
  if (row === undefined) throw notFound("service account");
  return row;
}

/** A token that somebody sees, by its id; `current` is the one that they ask with. */
async function requireToken(deps: TokenDeps, principal: Principal, id: string): Promise<KeptToken> {
  const named = id === "current" && principal.kind === "token" ? principal.id : id;
  const row = await findTokenRow(deps.db, principal.workspace_id, named);
  if (row === undefined || !isInReach(principal, row)) throw notFound("token");
  return row;
}

function refuseOwners(row: KeptToken): void {
  if (row.kind !== "owner") return;
  throw new AppError("conflict", "The owner's token stands in the server's settings and is changed there.");
}

/** Ends a token: nothing answers to it from then on. The one that asks may always be ended by itself. */
export async function deleteToken(deps: TokenDeps, principal: Principal, id: string): Promise<void> {
  const isOwn = id === "current" || id === principal.id;
  if (!isOwn) requireMaker(principal);
  const row = await requireToken(deps, principal, id);
  refuseOwners(row);
  if (!(await deleteTokenRow(deps.db, principal.workspace_id, row.id))) throw notFound("token");
}

/** Puts a new token in a token's place. Who gets to see it must be whom it speaks for, and may do all that it may. */
export async function rotateToken(
  deps: TokenDeps,
  principal: Principal,
  want: { id: string; expires_in_days: number | undefined },
): Promise<CreatedToken> {
  requireMaker(principal);
  const row = await requireToken(deps, principal, want.id);
  refuseOwners(row);
  if (!mayHold(principal, row))
    throw new AppError("insufficient_scope", "Somebody else's token is theirs to renew; you may revoke it.");
  const scopes = knownScopes(row.scopes);
  requireHeld(scopes, principal.scopes, "whoever renews it");
  const now = deps.clock();
  const maker = await findMaker(deps, principal);
  const isOwn = row.id === principal.id;
  const makerEnds = maker?.expires_at ?? null;
  const kept = Math.min(row.expires_at ?? Infinity, (isOwn ? null : makerEnds) ?? Infinity);
  const expiresAt =
    want.expires_in_days === undefined && Number.isFinite(kept)
      ? kept
      : endOfToken({ days: want.expires_in_days, now, makerEnds });
  const { token, hash } = await mintToken(row.kind === "service" ? "service" : "personal");
  const change = {
    workspaceId: principal.workspace_id,
    id: row.id,
    hash,
    wasMadeAt: row.created_at,
    now,
    expiresAt,
  };
  if (!(await replaceToken(deps.db, change)))
    throw new AppError("conflict", "The token was renewed or revoked meanwhile.");
  return {
    ...describeToken({ ...row, created_at: now, expires_at: expiresAt, last_used_at: null }, principal),
    token,
  };
}

function describeService(row: ServiceAccountRow): ServiceAccount {
  return { ...row, created_at: toIso(row.created_at) };
}

/** The workspace's service accounts, by name. */
export async function listServiceAccounts(deps: TokenDeps, principal: Principal): Promise<ServiceAccount[]> {
  return (await listServiceRows(deps.db, principal.workspace_id)).map(describeService);
}

/** Makes a service account, whose role may do no more than whoever makes it. */
export async function createServiceAccount(
  deps: TokenDeps,
  principal: Principal,
  { name, role }: CreateServiceAccount,
): Promise<ServiceAccount> {
  requireHeld(scopesOfTokens(scopesOfRole[role]), principal.scopes);
  const now = deps.clock();
  const account = { id: newId("svc", now), name, role, created_at: now, created_by: principal.id };
  if (await putService(deps.db, { ...account, workspace_id: principal.workspace_id }))
    return describeService({ ...account, tokens: 0 });
  if ((await findServiceRow(deps.db, principal.workspace_id, name)) !== undefined)
    throw new AppError("conflict", `There is a service account named ${name} already.`);
  throw new AppError(
    "too_many_service_accounts",
    `A workspace has at most ${formatLimit("workspace_service_accounts")} that are service accounts.`,
  );
}

/** Deletes a service account with all its tokens. */
export async function deleteServiceAccount(
  deps: TokenDeps,
  principal: Principal,
  name: string,
): Promise<void> {
  if (!(await deleteService(deps.db, principal.workspace_id, name))) throw notFound("service account");
}
