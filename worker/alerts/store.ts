import { and, asc, eq, isNotNull } from "drizzle-orm";
import * as z from "zod";
import { alertTopicSchema } from "#contract/alerts/alert";
import type { AlertTopic } from "#contract/alerts/alert";
import type { AlertId, WorkerId, WorkspaceId } from "#contract/ids";
import type { Db } from "../platform/db/client.ts";
import { idIs, isAfter } from "../platform/db/id-is.ts";
import { alerts } from "../platform/db/schema/alerts.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

export interface AlertRow {
  id: AlertId;
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  url: string | null;
  email_to: string[];
  events: AlertTopic[];
  description: string;
  secret_box: string | null;
  created_at: number;
}

const mailboxesForm = defineUnmarked("mailboxes of an alert", z.array(z.string()));
const topicsForm = defineUnmarked("topics of an alert", z.array(alertTopicSchema));

const toAlert = (row: typeof alerts.$inferSelect): AlertRow => ({
  ...row,
  email_to: mailboxesForm.read(row.email_to),
  events: topicsForm.read(row.events),
});

/** A worker's alerts, oldest first. */
export async function listAlertRows(db: Db, workspaceId: string, workerId: string): Promise<AlertRow[]> {
  const rows = await db
    .select()
    .from(alerts)
    .where(and(idIs(alerts.workspace_id, workspaceId), idIs(alerts.worker_id, workerId)))
    .orderBy(asc(alerts.id));
  return rows.map(toAlert);
}

export async function insertAlert(db: Db, row: AlertRow): Promise<void> {
  await db.insert(alerts).values(row);
}

/** Replaces what an alert says. */
export async function updateAlertRow(
  db: Db,
  { id, url, email_to, events, description, secret_box }: AlertRow,
): Promise<void> {
  await db.update(alerts).set({ url, email_to, events, description, secret_box }).where(eq(alerts.id, id));
}

export async function deleteAlertRow(db: Db, id: AlertId): Promise<void> {
  await db.delete(alerts).where(eq(alerts.id, id));
}

/** The sealed secrets of all alerts that have one, a page from behind `after` on. */
export async function listAlertBoxes(
  db: Db,
  after: string,
  limit: number,
): Promise<{ id: string; text: string }[]> {
  const rows = await db
    .select({ id: alerts.id, text: alerts.secret_box })
    .from(alerts)
    .where(and(isAfter(alerts.id, after), isNotNull(alerts.secret_box)))
    .orderBy(asc(alerts.id))
    .limit(limit);
  return rows.flatMap(({ id, text }) => (text === null ? [] : [{ id, text }]));
}

/** False when the box was changed meanwhile. */
export async function replaceAlertBox(
  db: Db,
  { id, from, to }: { id: string; from: string; to: string },
): Promise<boolean> {
  const changed = await db
    .update(alerts)
    .set({ secret_box: to })
    .where(and(idIs(alerts.id, id), eq(alerts.secret_box, from)))
    .returning({ id: alerts.id });
  return changed.length > 0;
}
