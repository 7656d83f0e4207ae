import { and, asc, count, eq } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import type { TemplateSpec } from "#contract/templates/template";
import { templateDocument } from "../catalog/prepared-version.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { templates } from "../platform/db/schema/templates.ts";

export interface TemplateRow {
  workspace_id: WorkspaceId;
  name: string;
  spec: TemplateSpec;
  updated_at: number;
}

const toTemplate = (row: typeof templates.$inferSelect): TemplateRow => ({
  ...row,
  spec: templateDocument.read(row.spec),
});

/** A workspace's templates, by name. */
export async function listTemplateRows(db: Db, workspaceId: string): Promise<TemplateRow[]> {
  const rows = await db
    .select()
    .from(templates)
    .where(idIs(templates.workspace_id, workspaceId))
    .orderBy(asc(templates.name));
  return rows.map(toTemplate);
}

export async function findTemplateRow(
  db: Db,
  workspaceId: string,
  name: string,
): Promise<TemplateRow | undefined> {
  const [row] = await db
    .select()
    .from(templates)
    .where(and(idIs(templates.workspace_id, workspaceId), eq(templates.name, name)))
    .limit(1);
  return row && toTemplate(row);
}

/** How many templates a workspace has. */
export async function countTemplates(db: Db, workspaceId: string): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(templates)
    .where(idIs(templates.workspace_id, workspaceId));
  return row?.n ?? 0;
}

/** Writes a template, in the place of one of the same name. */
export async function putTemplateRow(db: Db, row: TemplateRow): Promise<void> {
  const stored = { ...row, spec: templateDocument.write(row.spec) };
  const { spec, updated_at } = stored;
  await db
    .insert(templates)
    .values(stored)
    .onConflictDoUpdate({ target: [templates.workspace_id, templates.name], set: { spec, updated_at } });
}

/** False when there was none. */
export async function deleteTemplateRow(db: Db, workspaceId: string, name: string): Promise<boolean> {
  const gone = await db
    .delete(templates)
    .where(and(idIs(templates.workspace_id, workspaceId), eq(templates.name, name)))
    .returning({ name: templates.name });
  return gone.length > 0;
}

export async function deleteAllTemplates(db: Db, workspaceId: string): Promise<void> {
  await db.delete(templates).where(idIs(templates.workspace_id, workspaceId));
}
