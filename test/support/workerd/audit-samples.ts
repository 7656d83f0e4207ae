import { workspaceIdSchema } from "#contract/ids";
import type { AuditRow } from "../../../worker/audit/describe-call.ts";
import type { AuditFilter } from "../../../worker/audit/store.ts";
import { newId } from "../../../worker/platform/ids.ts";

/** An event as it is kept; `change` replaces parts of it. */
export function sampleAuditRow(workspaceId: string, at: number, change: Partial<AuditRow> = {}): AuditRow {
  return {
    workspace_id: workspaceIdSchema.parse(workspaceId),
    id: newId("evt", at),
    at,
    action: "setSecret",
    outcome: "done",
    code: null,
    actor_kind: "token",
    actor_id: "tok_1",
    user_id: null,
    resource_kind: null,
    resource_id: null,
    request_id: "req_1",
    address: "unknown",
    details: {},
    worker: null,
    ...change,
  };
}

/** What the queries of the record of changes are asked for. */
export function auditSamples(workspaceId: string, at: number) {
  const auditRow = sampleAuditRow(workspaceId, at);
  const auditFilters: AuditFilter[] = [
    { by: "requests" },
    { by: "worker", value: "hello" },
    { by: "action", value: "setSecret" },
    { by: "actor", value: "tok_1" },
    { by: "outcome", value: "refused" },
    { by: "resource", kind: "secret", id: "A" },
  ];
  return { auditRow, auditFilters, auditSpan: { below: auditRow.id, from: auditRow.id } };
}
