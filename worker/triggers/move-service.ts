// Owns how the triggers of a worker are told to another workspace: without their secrets.
import type { Principal } from "#contract/access/access";
import type { CreateTrigger } from "#contract/triggers/trigger";
import { requireWorker } from "../catalog/require-worker.ts";
import type { Db } from "../platform/db/client.ts";
import { webhookSpecDocument } from "../hooks/webhook-spec.ts";
import { listTriggerRows } from "./store.ts";
import type { TriggerRow } from "./store.ts";
import { scheduleSpecDocument } from "./trigger-spec.ts";

/** A trigger as it would be asked for, and whether worker.yml makes it. */
export interface TriggerToMove {
  origin: "manifest" | "api";
  id: string;
  trigger: CreateTrigger & { name: string; paused: boolean };
}

/** A worker's triggers, by name. Throws `not_found`. */
export async function listTriggersToMove(
  deps: { db: Db },
  principal: Principal,
  workerName: string,
): Promise<TriggerToMove[]> {
  const { worker } = await requireWorker(deps, principal, { name: workerName });
  const rows = await listTriggerRows(deps.db, { workspaceId: worker.workspace_id, workerId: worker.id });
  return rows.map((row) => ({ origin: row.origin, id: row.id, trigger: toRequest(row) }));
}

function toRequest(row: TriggerRow): TriggerToMove["trigger"] {
  const { name, type, paused } = row;
  if (type === "schedule") return { name, type, paused, ...scheduleSpecDocument.read(row.spec) };
  const { inputs, ...webhook } = webhookSpecDocument.read(row.spec);
  return { name, type, paused, inputs, webhook };
}
