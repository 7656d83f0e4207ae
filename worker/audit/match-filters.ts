import type { AuditRow } from "./describe-call.ts";
import type { AuditFilter } from "./store.ts";

/** Whether an event is what all filters ask for: the same that the list's query says. Pure. */
export function matchesFilters(row: AuditRow, filters: readonly AuditFilter[]): boolean {
  return filters.every((filter) => matches(row, filter));
}

function matches(row: AuditRow, filter: AuditFilter): boolean {
  switch (filter.by) {
    case "requests":
      return row.worker === null;
    case "worker":
      return row.worker === filter.value;
    case "action":
      return row.action === filter.value;
    case "actor":
      return row.actor_id === filter.value;
    case "outcome":
      return row.outcome === filter.value;
    case "resource":
      return row.resource_kind === filter.kind && row.resource_id === filter.id;
  }
}
