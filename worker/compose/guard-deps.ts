import type { AuditDeps } from "../audit/service.ts";
import type { RateDeps } from "../access/rate/service.ts";
import { RateCounters } from "../access/rate/counters.ts";
import { auditRowForm } from "../audit/stranded-event.ts";
import { forgetOldCounters, takeTurnExactly } from "../access/rate/store.ts";
import { insertEvent } from "../audit/store.ts";
import type { Host } from "./host.ts";

/** Of this isolate. */
const counters = new RateCounters();

export function rateDeps(host: Host): RateDeps {
  return {
    clock: host.clock,
    rates: host.config.rates,
    counters,
    takeExactly: async (key, pace, now) => {
      await forgetOldCounters(host.db, now);
      return takeTurnExactly(host.db, key, { pace, now });
    },
  };
}

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
