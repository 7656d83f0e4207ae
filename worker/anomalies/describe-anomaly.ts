import type { AnomalyAction } from "#contract/anomalies/anomaly";
import { workspaceIdSchema } from "#contract/ids";
import type { AuditEventId } from "#contract/ids";
import type { AuditRow } from "../audit/describe-call.ts";
import type { Anomaly } from "./find-anomalies.ts";

const MOST_TEXT = 1000;

/** An anomaly as an event on record. A repeat is known by kind, run, cause and time, as every event of the gate is. Pure. */
export function describeAnomaly(
  anomaly: Anomaly,
  { id, action }: { id: AuditEventId; action: AnomalyAction },
): AuditRow {
  const { kind, worker, run_id, tool, cause, at, message } = anomaly;
  return {
    workspace_id: workspaceIdSchema.parse(anomaly.workspace_id),
    id,
    at,
    action: "anomaly",
    outcome: "done",
    code: kind,
    actor_kind: "run",
    actor_id: run_id,
    user_id: null,
    resource_kind: tool === null ? null : "tool",
    resource_id: tool,
    request_id: cause,
    address: "edge",
    details: { worker_id: worker.id, action, message: message.slice(0, MOST_TEXT).toWellFormed() },
    worker: worker.name,
  };
}
