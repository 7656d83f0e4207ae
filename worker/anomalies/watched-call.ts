import type { AuditRow } from "../audit/describe-call.ts";
import { kindOf } from "../audit/describe-gate-event.ts";

/** A call as the record of changes has it, and as it is watched. */
export interface WatchedCall {
  event_id: string;
  workspace_id: string;
  worker: { id: string; name: string };
  run_id: string;
  tool: string;
  outcome: AuditRow["outcome"];
  code: string | null;
  /** Epoch milliseconds. */
  at: number;
}

/** The outcome of a call that an event tells of; null for every other event. Pure. */
export function readWatchedCall(row: AuditRow): WatchedCall | null {
  const kind = kindOf(row);
  if (kind !== "tool_call" && kind !== "trust_violation" && kind !== "credential_access") return null;
  const { worker, resource_id: tool, details } = row;
  const workerId = details["worker_id"];
  if (worker === null || tool === null || typeof workerId !== "string") return null;
  return {
    event_id: row.id,
    workspace_id: row.workspace_id,
    worker: { id: workerId, name: worker },
    run_id: row.actor_id,
    tool,
    outcome: row.outcome,
    code: row.code,
    at: row.at,
  };
}
