import { auditRowForm } from "../audit/stranded-event.ts";
import type { AuditDeps } from "../audit/service.ts";
import { insertEvent } from "../audit/store.ts";
import type { Host } from "./host.ts";

export function auditDeps(host: Host): AuditDeps {
  return {
    db: host.db,
    clock: host.clock,
    newEventId: (nowMs) => host.newId("evt", nowMs),
    append: (row) => insertEvent(host.db, row),
    strand: (row) => host.files.putEvent(row.workspace_id, row.id, JSON.stringify(auditRowForm.write(row))),
    listStranded: (workspaceId, limit) => host.files.listEvents(workspaceId, limit),
    forgetStranded: (workspaceId, id) => host.files.deleteEvent(workspaceId, id),
  };
}
