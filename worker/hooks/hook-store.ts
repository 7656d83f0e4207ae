import { and, asc, eq, sql } from "drizzle-orm";
import { manifestSchema, type Manifest } from "#contract/manifest/manifest";
import { webhookSpecSchema, type WebhookSpec } from "#contract/hooks/webhook";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";
import { triggers } from "../platform/db/schema/triggers.ts";

/** The version that a hook's runs use, with all that starting one needs. */
interface HookVersion {
  worker_id: string;
  archived: boolean;
  paused: boolean;
  version_id: string;
  number: number;
  digest: string;
  manifest: Manifest;
}

/** A webhook trigger with what taking a delivery needs to know of its worker. */
export interface Hook {
  trigger_id: string;
  workspace_id: string;
  worker_id: string;
  worker_name: string;
  name: string;
  spec: WebhookSpec;
  paused: boolean;
  secret_box: string | null;
  /** The version its runs use; null for what only lets in and starts nothing. */
  version: HookVersion | null;
}

const MOST_PER_WORKER = 10;

/** The webhook triggers of a worker, by its uid or by its name in a workspace, in the order of their names. */
type Of = { triggerId: string } | { workerId: string } | { workspaceId: string; workerName: string };

function condition(of: Of) {
  if ("triggerId" in of) return idIs(triggers.id, of.triggerId);
  if ("workerId" in of) return idIs(workers.id, of.workerId);
  return and(idIs(workers.workspace_id, of.workspaceId), eq(workers.name, of.workerName));
}

/** The webhook triggers that these words mean; none when there is no such trigger or worker. */
export async function findHooks(db: Db, of: Of): Promise<Hook[]> {
  const number = sql`coalesce(${triggers.pinned_version}, ${workers.active_version})`;
  const rows = await db
    .select({ trigger: triggers, worker: workers, version: versions })
    .from(workers)
    .innerJoin(triggers, and(eq(triggers.worker_id, workers.id), eq(triggers.type, "webhook")))
    .innerJoin(versions, and(eq(versions.worker_id, workers.id), eq(versions.number, number)))
    .where(condition(of))
    .orderBy(asc(triggers.name))
    .limit(MOST_PER_WORKER);
  return rows.map(toHook);
}

function toHook({
  trigger,
  worker,
  version,
}: {
  trigger: typeof triggers.$inferSelect;
  worker: typeof workers.$inferSelect;
  version: typeof versions.$inferSelect;
}): Hook {
  return {
    trigger_id: trigger.id,
    workspace_id: trigger.workspace_id,
    worker_id: trigger.worker_id,
    worker_name: trigger.worker_name,
    name: trigger.name,
    spec: webhookSpecSchema.parse(trigger.spec),
    paused: trigger.paused,
    secret_box: trigger.secret_box,
    version: {
      worker_id: worker.id,
      archived: worker.archived_at !== null,
      paused: worker.paused_at !== null,
      version_id: version.id,
      number: version.number,
      digest: version.digest,
      manifest: manifestSchema.parse(version.manifest),
    },
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
