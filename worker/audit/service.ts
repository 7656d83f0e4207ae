// Owns who changed what in a workspace: one event for each request that changed something, or was refused to.
// Never changes an event, never keeps a secret's value, and lets no change be answered before its event will last.
// Appends to the workspace's chain (AuditObject, which copies it to audit_events in D1); where that is away, a file that is
// brought in by the next look.
import type { Principal } from "#contract/access/access";
import type { AuditEvent, AuditPage, ListAuditQuery } from "#contract/audit/audit";
import { auditEventIdSchema } from "#contract/ids";
import type { AuditEventId, WorkspaceId } from "#contract/ids";
import type { Route } from "#contract/route";
import { AppError } from "../platform/app-error.ts";
import { toIso } from "../platform/clock.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { firstIdAt } from "../platform/ids.ts";
import { describeError, log } from "../platform/log.ts";
import { readPlace, takePage } from "../platform/page.ts";
import { describeCall, leavesEvent } from "./describe-call.ts";
import { kindOf } from "./describe-gate-event.ts";
import type { AuditChainApi } from "./chain/chain-api.ts";
import type { AuditRow, EndedCall } from "./describe-call.ts";
import { listEvents, sumCalls } from "./store.ts";
import type { AuditFilter, CallSum } from "./store.ts";
import { auditRowForm } from "./stranded-event.ts";

export interface AuditDeps {
  db: Db;
  clock: Clock;
  newEventId: (nowMs: number) => AuditEventId;
  /** The one pen of each workspace's chain of events. */
  chain: (workspaceId: WorkspaceId) => AuditChainApi;
  /** Where it waits when it cannot go there. */
  strand: (row: AuditRow) => Promise<void>;
  /** Some of a workspace's events that wait. */
  listStranded: (workspaceId: WorkspaceId, limit: number) => Promise<{ id: string; text: string }[]>;
  forgetStranded: (workspaceId: WorkspaceId, id: string) => Promise<void>;
  sleep: (ms: number) => Promise<void>;
  /** Deletes some signed ends of a workspace's chain; answers how many. */
  deleteSomeCheckpoints: (workspaceId: WorkspaceId) => Promise<number>;
}

/** What is brought in before a list is read, which is seldom more than none. */
const BROUGHT_AT_ONCE = 50;

/**
 * Puts a call on record, where its route is one that changes something and somebody is known to have asked. Once this
 * has ended the event lasts. Throws `audit_unavailable` where no place took it; of a call that was refused that is
 * logged alone.
 */
export async function recordCall(deps: AuditDeps, route: Route, call: EndedCall): Promise<void> {
  const { principal } = call;
  if (principal === null || !leavesEvent(route, call)) return;
  const at = deps.clock();
  const row = describeCall(route, { ...call, principal }, { id: deps.newEventId(at), at });
  try {
    await appendOrStrand(deps, row);
  } catch (cause) {
    const about = {
      action: row.action,
      actor: row.actor_id,
      outcome: row.outcome,
      request_id: row.request_id,
    };
    log("error", "audit.lost", { ...about, error: describeError(cause) });
    if (row.outcome !== "done") return;
    throw new AppError(
      "audit_unavailable",
      "This was done, but could not be put on record. Look at how things stand before you repeat it.",
      { cause },
    );
  }
}

/** Appends an event; where the chain does not answer it waits in a file. Throws where no place took it. */
export async function appendOrStrand(
  deps: Pick<AuditDeps, "chain" | "strand">,
  row: AuditRow,
): Promise<void> {
  try {
    await deps.chain(row.workspace_id).append(row);
  } catch (error) {
    log("warn", "audit.stranded", { request_id: row.request_id, error: describeError(error) });
    await deps.strand(row);
  }
}

/** Brings in events that waited for their chain. Each may be brought in twice. */
export async function bringInStranded(deps: AuditDeps, workspaceId: WorkspaceId): Promise<void> {
  const waiting = await deps.listStranded(workspaceId, BROUGHT_AT_ONCE);
  if (waiting.length === 0) return;
  await deps.chain(workspaceId).appendAll(waiting.map(({ text }) => auditRowForm.readText(text)));
  for (const { id } of waiting) await deps.forgetStranded(workspaceId, id);
}

/** A page of the workspace's events. Throws `invalid_request` for another's cursor. */
export async function listAuditEvents(
  deps: AuditDeps,
  { workspace_id }: Principal,
  query: ListAuditQuery,
): Promise<AuditPage> {
  await bringInStranded(deps, workspace_id);
  const until = query.until === undefined ? undefined : firstIdAt("evt", Date.parse(query.until) + 1);
  const { rows, seenTo } = await listEvents(deps.db, {
    workspaceId: workspace_id,
    filters: readFilters(query),
    below: readPlace(auditEventIdSchema, query.cursor) ?? until,
    from: query.since === undefined ? undefined : firstIdAt("evt", Date.parse(query.since)),
    limit: query.limit + 1,
  });
  const { page, next_cursor } = takePage(rows, query.limit, seenTo);
  return { events: page.map(describeEvent), next_cursor };
}

/** All that is asked for, what finds fewest first: its index is the one that is used. */
export function readFilters({
  event,
  action,
  actor,
  resource,
  outcome,
  worker,
  tool,
  run,
}: Omit<ListAuditQuery, "limit" | "cursor" | "since" | "until">) {
  const [, kind = "", id = ""] = /^([a-z_]+)\/(.+)$/.exec(resource ?? "") ?? [];
  const filters: (AuditFilter | false)[] = [
    run !== undefined && { by: "actor", value: run },
    resource !== undefined && { by: "resource", kind, id },
    tool !== undefined && { by: "resource", kind: "tool", id: tool },
    worker !== undefined && { by: "worker", value: worker },
    actor !== undefined && { by: "actor", value: actor },
    action !== undefined && { by: "action", value: action },
    outcome !== undefined && { by: "outcome", value: outcome },
    event === "request" ? { by: "requests" } : event !== undefined && { by: "action", value: event },
  ];
  return filters.filter((filter) => filter !== false);
}

/** An event as everybody is shown it. Pure. */
export function describeEvent(row: AuditRow): AuditEvent {
  const { id, at, action, outcome, code, request_id, address, details } = row;
  const resource = row.resource_kind === null ? null : { kind: row.resource_kind, id: row.resource_id ?? "" };
  const actor = { kind: row.actor_kind, id: row.actor_id, user_id: row.user_id };
  const { worker } = row;
  const called = {
    worker,
    tool: worker !== null && row.resource_kind === "tool" ? row.resource_id : null,
    run_id: worker !== null && row.actor_kind === "run" ? row.actor_id : null,
  };
  const what = { event: kindOf(row), action, outcome, code };
  return { id, at: toIso(at), ...what, actor, resource, ...called, request_id, address, details };
}

/** The newest outcomes of calls on record, put together by worker and tool: of all workers, or of one. */
export function sumRecordedCalls(
  { db }: Pick<AuditDeps, "db">,
  of: { workspaceId: string; worker: string | undefined; limit: number },
): Promise<CallSum[]> {
  return sumCalls(db, of);
}
