import type { Db } from "../../../worker/platform/db/client.ts";
import { dayOf } from "../../../worker/quotas/judge-quotas.ts";
import * as quotas from "../../../worker/quotas/store.ts";

export const quotaStores: readonly object[] = [quotas];

/** Each function of the store of quotas, called once; `now` in epoch milliseconds. */
export function quotaQueries(workspaceId: string, now: number): Record<string, (db: Db) => Promise<unknown>> {
  const day = dayOf(now);
  return {
    findQuotas: (db) => quotas.findQuotas(db, workspaceId),
    putQuotas: (db) =>
      quotas.putQuotas(db, workspaceId, { workers: 1, triggers: null, starts_per_day: null }),
    countWorkers: (db) => quotas.countWorkers(db, workspaceId, 4000),
    countTriggers: (db) => quotas.countTriggers(db, workspaceId, 4000),
    findStarts: (db) => quotas.findStarts(db, workspaceId, day),
    takeStart: (db) => quotas.takeStart(db, { workspaceId, day, limit: 2 }),
    giveStartBack: (db) => quotas.giveStartBack(db, workspaceId, day),
    deleteStartCount: (db) => quotas.deleteStartCount(db, workspaceId),
  };
}
