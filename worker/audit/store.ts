import { and, count, desc, lt, sql } from "drizzle-orm";
import type { AuditEventId } from "#contract/ids";
import * as z from "zod";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf, isBefore } from "../platform/db/id-is.ts";
import { auditEvents } from "../platform/db/schema/audit.ts";
import { defineUnmarked, storedJsonSchema } from "../platform/objects/stored-document.ts";
import type { AuditRow } from "./describe-call.ts";

const detailsForm = defineUnmarked("details of a change", z.record(z.string(), storedJsonSchema));

/** One thing by which an index finds events. */
export type AuditFilter =
  | { by: "action" | "actor" | "worker"; value: string }
  | { by: "outcome"; value: "refused" | "failed" }
  | { by: "resource"; kind: string; id: string }
  | { by: "requests" };

/** Adds events, many by one statement. One that is there already stays as it is: it may be brought in twice. */
export async function insertEvents(db: Db, rows: readonly AuditRow[]): Promise<void> {
  if (rows.length === 0) return;
  // The details are a text of their own, so that they are kept as they were written.
  const list = JSON.stringify(rows.map((row) => ({ ...row, details: JSON.stringify(row.details) })));
  await db.run(sql`INSERT INTO ${auditEvents} (workspace_id, id, at, action, outcome, code, actor_kind, actor_id, user_id,
      resource_kind, resource_id, request_id, address, details, worker)
    SELECT value ->> '$.workspace_id', value ->> '$.id', value ->> '$.at', value ->> '$.action', value ->> '$.outcome',
      value ->> '$.code', value ->> '$.actor_kind', value ->> '$.actor_id', value ->> '$.user_id',
      value ->> '$.resource_kind', value ->> '$.resource_id', value ->> '$.request_id', value ->> '$.address',
      value ->> '$.details', value ->> '$.worker'
    FROM json_each(${list}) WHERE true ON CONFLICT DO NOTHING`);
}

/** Those of a workspace's events that have these ids. */
export async function findEvents(db: Db, workspaceId: string, ids: readonly string[]): Promise<AuditRow[]> {
  const rows = await db
    .select()
    .from(auditEvents)
    .where(and(idIs(auditEvents.workspace_id, workspaceId), idIsOneOf(auditEvents.id, ids)));
  return rows.map(toRow);
}

/** How many events a workspace has, from an id on or before one, where that is said. */
export async function countEvents(
  db: Db,
  workspaceId: string,
  { from, before }: { from?: string; before?: string },
): Promise<number> {
  const isOfThem = and(
    idIs(auditEvents.workspace_id, workspaceId),
    from === undefined ? undefined : sql`${auditEvents.id} >= ${from}`,
    before === undefined ? undefined : isBefore(auditEvents.id, before),
  );
  const [row] = await db.select({ count: count() }).from(auditEvents).where(isOfThem);
  return row?.count ?? 0;
}

/** Ids of a workspace's events from this one on, in order. */
export async function listEventIds(
  db: Db,
  workspaceId: string,
  { fromId, limit }: { fromId: string; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(idIs(auditEvents.workspace_id, workspaceId), sql`${auditEvents.id} >= ${fromId}`))
    .orderBy(auditEvents.id)
    .limit(limit);
  return rows.map(({ id }) => id);
}

function toRow(row: typeof auditEvents.$inferSelect): AuditRow {
  return { ...row, details: detailsForm.read(row.details) };
}

/** How many events one page looks at, of which its further filters choose. */
export const SEEN_AT_ONCE = 2000;

/**
 * A page of a workspace's events from below an id, newest first; of those from `from` on, where that is said. The first
 * filter is found by its index, and the others choose of what it finds: `seenTo` is where the next page goes on where so
 * many were seen that the page may be short.
 */
export async function listEvents(
  db: Db,
  of: {
    workspaceId: string;
    filters: readonly AuditFilter[];
    below: AuditEventId | undefined;
    from: AuditEventId | undefined;
    limit: number;
  },
): Promise<{ rows: AuditRow[]; seenTo: AuditEventId | null }> {
  const { workspaceId, filters, below, from, limit } = of;
  const [first, ...others] = filters;
  const isSeen = and(
    idIs(auditEvents.workspace_id, workspaceId),
    first === undefined ? undefined : whereFilter(first),
    below === undefined ? undefined : isBefore(auditEvents.id, below),
    from === undefined ? undefined : sql`${auditEvents.id} >= ${from}`,
  );
  if (others.length === 0) {
    const rows = await db.select().from(auditEvents).where(isSeen).orderBy(desc(auditEvents.id)).limit(limit);
    return { rows: rows.map(toRow), seenTo: null };
  }
  // The last one that is looked at; where there are fewer, there is none.
  const end = db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(isSeen)
    .orderBy(desc(auditEvents.id))
    .limit(1)
    .offset(SEEN_AT_ONCE - 1);
  const isChosen = others.map((filter) => whereFilter(filter, { isIndexed: false }));
  const chosen = db
    .select()
    .from(auditEvents)
    .where(and(isSeen, ...isChosen, sql`${auditEvents.id} >= coalesce(${end}, '')`))
    .orderBy(desc(auditEvents.id))
    .limit(limit);
  const [rows, [last]] = await db.batch([chosen, end]);
  return { rows: rows.map(toRow), seenTo: last?.id ?? null };
}

/** What is not to be looked up by its index is said so that none fits it. */
function whereFilter(filter: AuditFilter, { isIndexed } = { isIndexed: true }) {
  const by = isIndexed ? sql`` : sql`+`;
  switch (filter.by) {
    case "requests":
      return sql`${by}worker IS NULL`;
    case "worker":
      // Said once more as the index says it: only then it is used. The same below.
      return sql`${by}worker = ${filter.value} AND ${by}worker IS NOT NULL`;
    case "action":
      return sql`${by}action = ${filter.value}`;
    case "actor":
      return sql`${by}actor_id = ${filter.value}`;
    case "outcome":
      return sql`${by}outcome = ${filter.value} AND ${by}outcome IN ('refused', 'failed')`;
    case "resource":
      return sql`${by}resource_kind = ${filter.kind} AND ${by}resource_id = ${filter.id}`;
  }
}

/** Deletes some events that are older than `before`; answers how many. The database itself refuses younger ones. */
export async function deleteOldEvents(
  db: Db,
  of: { workspaceId: string; before: AuditEventId; limit: number },
): Promise<number> {
  const old = db
    .select({ id: auditEvents.id })
    .from(auditEvents)
    .where(and(idIs(auditEvents.workspace_id, of.workspaceId), lt(auditEvents.id, of.before)))
    .limit(of.limit);
  const gone = await db
    .delete(auditEvents)
    .where(and(idIs(auditEvents.workspace_id, of.workspaceId), sql`${auditEvents.id} IN ${old}`))
    .returning({ id: auditEvents.id });
  return gone.length;
}

/** Outcomes of calls of one tool by one worker. */
export interface CallSum {
  worker: string;
  tool: string;
  /** Who carries the tool out; null where the event does not say. */
  source: string | null;
  count: number;
  refused: number;
  last: number;
}

/** The newest outcomes of calls on record, put together by worker and tool. */
export async function sumCalls(
  db: Db,
  { workspaceId, worker, limit }: { workspaceId: string; worker: string | undefined; limit: number },
): Promise<CallSum[]> {
  // Said twice where a worker is named: only so the index is used, which has calls alone.
  const ofWorker = worker === undefined ? sql`` : sql`AND worker = ${worker}`;
  return db.all<CallSum>(sql`SELECT worker, resource_id AS tool, max(json_extract(details, '$.source')) AS source,
      count(*) AS count, sum(outcome = 'refused') AS refused, max(at) AS last
    FROM (SELECT worker, resource_kind, resource_id, outcome, at, details FROM ${auditEvents}
      WHERE workspace_id = ${workspaceId} AND worker IS NOT NULL ${ofWorker} ORDER BY id DESC LIMIT ${limit})
    WHERE resource_kind = 'tool' AND resource_id IS NOT NULL
    GROUP BY worker, resource_id`);
}
