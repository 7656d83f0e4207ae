import { and, asc, eq, sql } from "drizzle-orm";
import type { TriggerId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import type { WebhookSpec } from "#contract/hooks/webhook";
import { atPlace, onVersion, toWorkerVersion } from "../catalog/store.ts";
import type { WorkerPlace, WorkerVersion } from "../catalog/store.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";
import { triggers } from "../platform/db/schema/triggers.ts";
import { webhookSpecDocument } from "./webhook-spec.ts";

/** A webhook trigger with what taking a delivery needs to know of its worker. */
export interface Hook {
  trigger_id: TriggerId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  worker_name: WorkerName;
  name: string;
  spec: WebhookSpec;
  paused: boolean;
  secret_box: string | null;
  /** What its runs start; null for what only lets in and starts nothing. */
  target: WorkerVersion | null;
}

const MOST_PER_WORKER = 10;

/** The webhook triggers of a worker, or the trigger of this id. */
type HookPlace = { triggerId: string } | WorkerPlace;

/** The webhook triggers that are meant, in the order of their names; none when there is no such trigger or worker. */
export async function findHooks(db: Db, of: HookPlace): Promise<Hook[]> {
  const number = sql`coalesce(${triggers.pinned_version}, ${workers.active_version})`;
  const rows = await db
    .select({ trigger: triggers, worker: workers, version: versions })
    .from(workers)
    .innerJoin(triggers, and(eq(triggers.worker_id, workers.id), eq(triggers.type, "webhook")))
    .innerJoin(versions, onVersion(number))
    .where("triggerId" in of ? idIs(triggers.id, of.triggerId) : atPlace(of))
    .orderBy(asc(triggers.name))
    .limit(MOST_PER_WORKER);
  return rows.map(toHook);
}

type HookRow = Parameters<typeof toWorkerVersion>[0] & { trigger: typeof triggers.$inferSelect };

function toHook(row: HookRow): Hook {
  const { trigger } = row;
  return {
    trigger_id: trigger.id,
    workspace_id: trigger.workspace_id,
    worker_id: trigger.worker_id,
    worker_name: trigger.worker_name,
    name: trigger.name,
    spec: webhookSpecDocument.read(trigger.spec),
    paused: trigger.paused,
    secret_box: trigger.secret_box,
    target: toWorkerVersion(row),
  };
}

/** Puts a trigger's secrets in place of those it had; false when somebody else changed them meanwhile. */
export async function putSecretBox(
  db: Db,
  triggerId: string,
  change: { from: string | null; to: string; now: number },
): Promise<boolean> {
  const changed = await db
    .update(triggers)
    .set({ secret_box: change.to, updated_at: change.now })
    .where(and(idIs(triggers.id, triggerId), sql`${triggers.secret_box} IS ${change.from}`))
    .returning({ id: triggers.id });
  return changed.length === 1;
}
