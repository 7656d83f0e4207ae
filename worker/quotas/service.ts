// Owns how much a workspace may have and do: says it, sets it for the server's owner, and refuses what goes beyond it.
// Never deletes what there is beyond a quota. Writes the quotas in the settings of workspaces, and start_counts.
import type { Principal } from "#contract/access/access";
import type { WorkspaceId } from "#contract/ids";
import { workspaceIdSchema } from "#contract/ids";
import type { QuotaReport, Quotas, SetQuotas } from "#contract/quotas/quota";
import { readQuotas } from "../catalog/workspace-settings.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { dayOf, describeQuotas, isBeyond, limitOf, refuseStart, refuseThing } from "./judge-quotas.ts";
import {
  countTriggers,
  countWorkers,
  findQuotas,
  findStarts,
  giveStartBack,
  putQuotas,
  takeStart,
} from "./store.ts";

export interface QuotaDeps {
  db: Db;
  clock: Clock;
}

/** So many are counted and no more: what there is beyond that is as many as it may be, whatever the quota. */
const COUNTED_MOST = 20_000;

const nothingSet: Quotas = { workers: null, triggers: null, starts_per_day: null };

/** How the quotas of the principal's workspace stand. */
export async function getQuotas(deps: QuotaDeps, principal: Principal): Promise<QuotaReport> {
  const { workspace_id: workspaceId } = principal;
  return report(deps, workspaceId, (await findQuotas(deps.db, workspaceId)) ?? nothingSet);
}

/**
 * Sets all quotas of a workspace; what is left out is as for every workspace. Throws `owner_only`, and `not_found` where
 * there is no such workspace, or it is another than that of whoever does not own the server.
 */
export async function setQuotas(
  deps: QuotaDeps,
  principal: Principal,
  { workspace, quotas }: { workspace: string; quotas: SetQuotas },
): Promise<QuotaReport> {
  if (principal.kind !== "token" || !principal.owner) {
    if (workspace !== principal.workspace_id) throw notFound("workspace");
    throw new AppError("owner_only", "Quotas are set with the token of the server's owner.");
  }
  const { workers = null, triggers = null, starts_per_day = null } = quotas;
  const all = { workers, triggers, starts_per_day };
  if (!(await putQuotas(deps.db, workspace, all))) throw notFound("workspace");
  return report(deps, workspaceIdSchema.parse(workspace), all);
}

async function report(deps: QuotaDeps, workspaceId: WorkspaceId, set: Quotas): Promise<QuotaReport> {
  const now = deps.clock();
  const [workers, triggers, starts] = await Promise.all([
    countWorkers(deps.db, workspaceId, COUNTED_MOST),
    countTriggers(deps.db, workspaceId, COUNTED_MOST),
    set.starts_per_day === null ? null : findStarts(deps.db, workspaceId, dayOf(now)),
  ]);
  const use = { workers, triggers, starts_per_day: starts };
  return { workspace_id: workspaceId, quotas: describeQuotas(set, use, now) };
}

/** Throws `quota_exceeded` where the workspace has as many workers as it may. Several at a time may go a few beyond. */
export async function requireRoomForWorker(deps: Pick<QuotaDeps, "db">, workspaceId: string): Promise<void> {
  const set = (await findQuotas(deps.db, workspaceId)) ?? nothingSet;
  const limit = limitOf(set, "workers");
  if (limit === null) return;
  const used = await countWorkers(deps.db, workspaceId, limit + 1);
  if (isBeyond(limit, { used, more: 1 })) throw refuseThing("workers", { used, more: 1, limit });
}

/** Throws `quota_exceeded` where the workspace may not have so many triggers more. Nothing is asked where none is wanted. */
export async function requireRoomForTriggers(
  deps: Pick<QuotaDeps, "db">,
  workspaceId: string,
  more: number,
): Promise<void> {
  if (more <= 0) return;
  const set = (await findQuotas(deps.db, workspaceId)) ?? nothingSet;
  const limit = limitOf(set, "triggers");
  if (limit === null) return;
  const used = await countTriggers(deps.db, workspaceId, limit + 1);
  if (isBeyond(limit, { used, more })) throw refuseThing("triggers", { used, more, limit });
}

/** Whose starts are counted, and what the catalog found in the row of the workspace. */
interface StartPlace {
  workspaceId: string;
  settings?: unknown;
}

/** Counts a start against the day's quota; asks and writes nothing where none is set. Throws `quota_exceeded`. */
export async function countStart(deps: QuotaDeps, { workspaceId, settings }: StartPlace): Promise<void> {
  const limit = readQuotas(settings).starts_per_day;
  if (limit === null) return;
  const now = deps.clock();
  if (!(await takeStart(deps.db, { workspaceId, day: dayOf(now), limit }))) throw refuseStart(limit, now);
}

/** Takes the count of a start back that has started nothing. */
export async function uncountStart(deps: QuotaDeps, { workspaceId, settings }: StartPlace): Promise<void> {
  if (readQuotas(settings).starts_per_day === null) return;
  await giveStartBack(deps.db, workspaceId, dayOf(deps.clock()));
}
