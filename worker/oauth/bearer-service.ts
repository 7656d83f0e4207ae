import { scopeSchema } from "#contract/access/access";
import type { Principal } from "#contract/access/access";
import { scopesAllowed, scopesOfTokens } from "#contract/access/roles";
import type { WorkspaceId } from "#contract/ids";
import { isUseNews } from "../access/last-used.ts";
import { unauthenticated } from "../access/service.ts";
import type { Clock } from "../platform/clock.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { describeError, log } from "../platform/log.ts";
import { resourceOf } from "./metadata.ts";
import { findAccess, findGrant, noteGrantUse } from "./store.ts";
import { readAccessToken } from "./token-form.ts";

// owns what an access token of a connected client is worth. Never asks the engine: a token is a row, and so is what was
// granted; both and the membership are one question.

export interface BearerDeps {
  db: Db;
  clock: Clock;
  publicUrl: string;
  behind: (work: Promise<unknown>) => void;
  /** Told what the workspace's catalog was marked with when it was found out who asks. */
  marked?: (workspaceId: WorkspaceId, mark: number) => void;
}

/**
 * Whom an access token stands for: its person, in the workspace they chose, with what they granted and may themselves
 * now, and never to decide for people. Null for what is no such token. Throws `unauthenticated` for one that is unknown,
 * over, taken back, or good for something else than the tools of this server.
 */
export async function findClientPrincipal(deps: BearerDeps, token: string): Promise<Principal | null> {
  const body = readAccessToken(token);
  if (body === null) return null;
  const row = await findAccess(deps.db, await sha256Hex(body));
  const now = deps.clock();
  if (row === undefined || row.expires_at <= now) throw unauthenticated();
  if (!row.resources.includes(resourceOf(deps.publicUrl))) throw unauthenticated();
  deps.marked?.(row.workspace_id, row.catalog_mark);
  if (isUseNews(row.last_used_at, now)) deps.behind(noteUse(deps, row.grant_id, now));
  return toPrincipal(row);
}

/** Whom a connected client stands for at this moment, though it shows no token: null once it was disconnected. */
export async function findGrantPrincipal(
  { db }: Pick<BearerDeps, "db">,
  id: string,
): Promise<Principal | null> {
  const row = await findGrant(db, id);
  return row === undefined ? null : toPrincipal(row);
}

type Granted = NonNullable<Awaited<ReturnType<typeof findGrant>>>;

function toPrincipal({
  grant_id: id,
  workspace_id,
  user_id,
  role,
  reach,
  scopes: granted,
}: Granted): Principal {
  const given = granted.flatMap((scope) => scopeSchema.safeParse(scope).data ?? []);
  const scopes = scopesOfTokens(scopesAllowed(role, given));
  return { kind: "token", id, workspace_id, owner: false, user_id, role, reach, scopes };
}

async function noteUse(
  { db }: BearerDeps,
  id: Parameters<typeof noteGrantUse>[1],
  now: number,
): Promise<void> {
  try {
    await noteGrantUse(db, id, now);
  } catch (error) {
    // When it was last used is good to know; that the call is answered is worth more.
    log("warn", "oauth.use_unnoted", { grant_id: id, error: describeError(error) });
  }
}
