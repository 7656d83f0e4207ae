import { and, eq } from "drizzle-orm";
import { anomalyActionsSchema, anomalyKindSchema } from "#contract/anomalies/anomaly";
import type { AnomalyActions, AnomalyKind, ChangeAnomalyActions } from "#contract/anomalies/anomaly";
import { readSettings } from "../catalog/workspace-settings.ts";
import type { StoredSettings } from "../catalog/workspace-settings.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { workspaces } from "../platform/db/schema/access.ts";
import { workerWatches } from "../platform/db/schema/alerts.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

const actionsForm = defineUnmarked("actions on anomalies of a worker", anomalyActionsSchema.partial());

/** What a worker is held to, as it is kept; `since` is epoch milliseconds. */
export interface KeptRestraint {
  action: "throttle" | "pause";
  kind: AnomalyKind;
  reason: string;
  since: number;
}

/** What is set for a worker and its workspace, and what the worker is held to. */
export interface Watch {
  actions: AnomalyActions;
  settings: StoredSettings;
  restraint: KeptRestraint | null;
}

interface WatchPlace {
  workspaceId: string;
  workerId: string;
}

const isWatchOf = ({ workspaceId, workerId }: WatchPlace) =>
  and(idIs(workerWatches.workspace_id, workspaceId), idIs(workerWatches.worker_id, workerId));

/** How a worker is watched; undefined for one that is gone. */
export async function findWatch(db: Db, of: WatchPlace): Promise<Watch | undefined> {
  const [row] = await db
    .select({ watch: workerWatches, settings: workspaces.settings })
    .from(workers)
    .innerJoin(workspaces, eq(workspaces.id, workers.workspace_id))
    .leftJoin(workerWatches, isWatchOf(of))
    .where(and(idIs(workers.id, of.workerId), idIs(workers.workspace_id, of.workspaceId)))
    .limit(1);
  if (row === undefined) return undefined;
  const { watch, settings } = row;
  const { novel_tool, denial_streak, rate_breach, unusual_spend } = actionsForm.read(watch?.actions ?? {});
  return {
    actions: {
      novel_tool: novel_tool ?? null,
      denial_streak: denial_streak ?? null,
      rate_breach: rate_breach ?? null,
      unusual_spend: unusual_spend ?? null,
    },
    settings: readSettings(settings),
    restraint: watch === null ? null : toRestraint(watch),
  };
}

function toRestraint(row: typeof workerWatches.$inferSelect): KeptRestraint | null {
  const { restraint: action, kind, reason, since } = row;
  if (action === null) return null;
  return { action, kind: anomalyKindSchema.parse(kind), reason: reason ?? "", since: since ?? 0 };
}

/** Sets what is done about the anomalies of a worker; what is left out stays. */
export async function putActions(db: Db, of: WatchPlace, actions: ChangeAnomalyActions): Promise<void> {
  const known = (await findWatch(db, of))?.actions;
  const next = { ...known, ...actions };
  await db
    .insert(workerWatches)
    .values({ workspace_id: of.workspaceId, worker_id: of.workerId, actions: next })
    .onConflictDoUpdate({
      target: [workerWatches.workspace_id, workerWatches.worker_id],
      set: { actions: next },
    });
}

/** Writes down what a worker is held to from now on. */
export async function putRestraint(db: Db, of: WatchPlace, kept: KeptRestraint): Promise<void> {
  const restraint = {
    restraint: kept.action,
    kind: kept.kind,
    reason: kept.reason,
    since: kept.since,
  };
  await db
    .insert(workerWatches)
    .values({ workspace_id: of.workspaceId, worker_id: of.workerId, actions: {}, ...restraint })
    .onConflictDoUpdate({
      target: [workerWatches.workspace_id, workerWatches.worker_id],
      set: restraint,
    });
}

/** Takes back what a worker is held to. */
export async function clearRestraint(db: Db, of: WatchPlace): Promise<void> {
  await db
    .update(workerWatches)
    .set({ restraint: null, kind: null, reason: null, since: null })
    .where(isWatchOf(of));
}
