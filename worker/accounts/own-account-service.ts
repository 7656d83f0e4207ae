import type { AccountExport, Account, BrowserSession } from "#contract/accounts/account";
import { limits } from "#contract/limits";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";
import type { AccountSession } from "./engine-api.ts";
import { findSession } from "./service.ts";
import type { AccountDeps } from "./service.ts";
import { deleteSessionRow, deleteUserRows, listSessionRows, loadPerson } from "./store.ts";
import type { SessionRow } from "./store.ts";

// owns what a person may do with their own account; never answers anything that could be used to be them.

/** Who is signed in. Throws `unauthenticated`. */
export async function requireSession(deps: AccountDeps, request: Request): Promise<AccountSession> {
  const session = await findSession(deps, request);
  if (session !== null) return session;
  throw new AppError(
    "unauthenticated",
    "Sign in first: this is about one's own account, and takes no token.",
  );
}

/** The account of a session, as its person sees it. Pure. */
export function describeAccount({ user_id, email, email_verified, name }: AccountSession): Account {
  return { user_id, email, email_verified, name };
}

function describeSession(row: SessionRow, currentId: string): BrowserSession {
  return {
    id: row.id,
    current: row.id === currentId,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    ip_address: row.ipAddress,
    user_agent: row.userAgent,
  };
}

/** Where the person is signed in, the newest first. */
export async function listOwnSessions(deps: AccountDeps, session: AccountSession): Promise<BrowserSession[]> {
  const rows = await listSessionRows(deps.db, session.user_id);
  return rows.map((row) => describeSession(row, session.session_id));
}

/** Signs one of the person's browsers out. Throws `not_found` for another person's, as for none. */
export async function endOwnSession(deps: AccountDeps, session: AccountSession, id: string): Promise<void> {
  if (!(await deleteSessionRow(deps.db, session.user_id, id))) throw notFound("session");
}

/** All that is kept of the person. */
export async function exportOwnAccount(deps: AccountDeps, session: AccountSession): Promise<AccountExport> {
  const person = await loadPerson(deps.db, session.user_id);
  if (person === undefined) throw notFound("account");
  return {
    account: { ...describeAccount(session), created_at: person.createdAt.toISOString() },
    ways_in: person.ways.map((way) => ({
      provider: way.providerId,
      created_at: way.createdAt.toISOString(),
    })),
    passkeys: person.passkeys.map(({ name, createdAt }) => ({
      name,
      created_at: toIsoOrNull(createdAt?.getTime() ?? null),
    })),
    sessions: await listOwnSessions(deps, session),
  };
}

/**
 * Deletes the person's account for good. Throws `invalid_request` when the address is not repeated, `sign_in_too_old`,
 * and `only_owner_of_workspaces` with the names of those that would be left without one.
 */
export async function deleteOwnAccount(
  deps: AccountDeps & { clock: Clock },
  session: AccountSession,
  confirm: string,
): Promise<void> {
  if (confirm.toLowerCase() !== session.email) {
    throw new AppError("invalid_request", "Write the account's address into `confirm`.", {
      errors: [{ pointer: "/confirm", detail: "is not the account's address" }],
    });
  }
  const ageMs = deps.clock() - session.signed_in_at;
  if (ageMs > limits.session_fresh_seconds.value * 1000)
    throw new AppError("sign_in_too_old", `This browser was signed in at ${toIso(session.signed_in_at)}.`);
  const left = await deps.listOwnedAlone(session.user_id);
  if (left.length > 0) {
    throw new AppError(
      "only_owner_of_workspaces",
      `Nobody else owns ${left.map(({ name }) => name).join(", ")}.`,
    );
  }
  await deps.forgetPerson(session.user_id);
  await deleteUserRows(deps.db, session.user_id);
}
