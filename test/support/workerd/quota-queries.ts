import { workspaceIdSchema } from "#contract/ids";
import * as toolHolders from "../../../worker/catalog/tool-holder-store.ts";
import type { Db } from "../../../worker/platform/db/client.ts";
import { dayOf } from "../../../worker/quotas/judge-quotas.ts";
import * as quotas from "../../../worker/quotas/store.ts";

/** What a push is held against: quotas, and the names that others have taken. */
export const quotaStores: readonly object[] = [quotas, toolHolders];

/** Each function of these stores, called once; `now` in epoch milliseconds. */
export function quotaQueries(workspaceId: string, now: number): Record<string, (db: Db) => Promise<unknown>> {
  const day = dayOf(now);
  return {
    findToolHolder: (db) =>
      toolHolders.findToolHolder(db, {
        workspaceId: workspaceIdSchema.parse(workspaceId),
        names: ["a"],
        but: "b",
      }),
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
