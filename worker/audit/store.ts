import { and, count, desc, eq, lt, sql } from "drizzle-orm";
import type { AuditEventId } from "#contract/ids";
import * as z from "zod";
import type { Db } from "../platform/db/client.ts";
import { idIs, idIsOneOf, isBefore } from "../platform/db/id-is.ts";
import { auditEvents } from "../platform/db/schema/audit.ts";
import { defineUnmarked, storedJsonSchema } from "../platform/objects/stored-document.ts";
import type { AuditRow } from "./describe-call.ts";

const detailsForm = defineUnmarked("details of a change", z.record(z.string(), storedJsonSchema));

/** By what events are looked for; one of them, which an index finds. */
export type AuditFilter =
  | { by: "none" }
  | { by: "action" | "actor"; value: string }
  | { by: "outcome"; value: "refused" | "failed" }
  | { by: "resource"; kind: string; id: string };

/** Adds events. One that is there already stays as it is: it may be brought in twice. */
export async function insertEvents(db: Db, rows: readonly AuditRow[]): Promise<void> {
  const [first, ...others] = rows.map((row) => db.insert(auditEvents).values(row).onConflictDoNothing());
  if (first !== undefined) await db.batch([first, ...others]);
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

/** A page of a workspace's events from below an id, newest first; of those from `from` on, where that is said. */
export async function listEvents(
  db: Db,
  of: {
    workspaceId: string;
    filter: AuditFilter;
    below: AuditEventId | undefined;
    from: AuditEventId | undefined;
    limit: number;
  },
): Promise<AuditRow[]> {
  const { workspaceId, filter, below, from, limit } = of;
  const rows = await db
    .select()
    .from(auditEvents)
    .where(
      and(
        idIs(auditEvents.workspace_id, workspaceId),
        whereFilter(filter),
        below === undefined ? undefined : isBefore(auditEvents.id, below),
        from === undefined ? undefined : sql`${auditEvents.id} >= ${from}`,
      ),
    )
    .orderBy(desc(auditEvents.id))
    .limit(limit);
  return rows.map(toRow);
}

function whereFilter(filter: AuditFilter) {
  switch (filter.by) {
    case "none":
      return undefined;
    case "action":
      return eq(auditEvents.action, filter.value);
    case "actor":
      return eq(auditEvents.actor_id, filter.value);
    case "outcome":
      // Said once more as the index says it: only then it is used.
      return and(eq(auditEvents.outcome, filter.value), sql`outcome IN ('refused', 'failed')`);
    case "resource":
      return and(eq(auditEvents.resource_kind, filter.kind), eq(auditEvents.resource_id, filter.id));
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
