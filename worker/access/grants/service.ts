// Owns who sees a worker besides its maker, and what of it was granted to whom.
// Never lets anybody but the maker and admins say so, and grants nothing to whoever is no member.
// Writes worker_grants, and visibility of workers.
import type { Principal } from "#contract/access/access";
import type { WorkerSharing } from "#contract/members/member";
import type { GrantKind } from "#contract/route";
import { requireWorker } from "../../catalog/require-worker.ts";
import type { WorkerRow } from "../../catalog/store.ts";
import { AppError, notFound } from "../../platform/app-error.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db/client.ts";
import { findMember } from "../members/store.ts";
import { actorOf } from "../principal.ts";
import { listGrantRows, putGrantRows, setVisibilityRow } from "./store.ts";

export interface GrantDeps {
  db: Db;
  clock: Clock;
}

async function describe(deps: GrantDeps, worker: WorkerRow): Promise<WorkerSharing> {
  const rows = await listGrantRows(deps.db, worker.id);
  const byPerson = Map.groupBy(rows, ({ user_id }) => user_id);
  return {
    visibility: worker.visibility,
    made_by: worker.made_by,
    grants: [...byPerson].map(([user_id, given]) => ({
      user_id,
      email: given[0]?.email ?? "",
      grants: given.map(({ kind }) => kind).toSorted(),
    })),
  };
}

/** The worker, if the principal made it or administers the workspace. Throws `not_found`, `maker_only`. */
async function requireOwn(deps: GrantDeps, principal: Principal, name: string): Promise<WorkerRow> {
  const { worker } = await requireWorker(deps, principal, { name, scope: "workers:write" });
  const isAdmin = principal.scopes.includes("members:write");
  if (isAdmin || worker.made_by === actorOf(principal)) return worker;
  throw new AppError(
    "maker_only",
    `${name} was made by somebody else, and you are no admin of this workspace.`,
  );
}

export async function getSharing(
  deps: GrantDeps,
  principal: Principal,
  name: string,
): Promise<WorkerSharing> {
  const { worker } = await requireWorker(deps, principal, { name });
  return describe(deps, worker);
}

/** Gives a member these grants of the worker, and no others. Throws `not_found`, `maker_only`. */
export async function setGrants(
  deps: GrantDeps,
  principal: Principal,
  change: { worker: string; userId: string; grants: readonly GrantKind[] },
): Promise<WorkerSharing> {
  const worker = await requireOwn(deps, principal, change.worker);
  const { workspace_id: workspaceId } = principal;
  const { userId } = change;
  if (!(await findMember(deps.db, { workspaceId, userId }))) throw notFound("member");
  const place = { workspaceId, workerId: worker.id, userId };
  await putGrantRows(deps.db, place, {
    kinds: [...new Set(change.grants)],
    by: actorOf(principal),
    now: deps.clock(),
  });
  return describe(deps, worker);
}

/** Shows a worker to the whole workspace, or to few. Throws `not_found`, `maker_only`. */
export async function setVisibility(
  deps: GrantDeps,
  principal: Principal,
  change: { worker: string; visibility: "private" | "workspace" },
): Promise<WorkerSharing> {
  const worker = await requireOwn(deps, principal, change.worker);
  await setVisibilityRow(deps.db, worker.id, change.visibility);
  return describe(deps, { ...worker, visibility: change.visibility });
}
