import { sql } from "drizzle-orm";
import { readWorkspaceVariables } from "../catalog/workspace-settings.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { workspaces } from "../platform/db/schema/access.ts";

/** The variables that a workspace has set, by `worker.variable`. */
export async function findVariables(db: Db, workspaceId: string): Promise<Record<string, string>> {
  const [row] = await db
    .select({ settings: workspaces.settings })
    .from(workspaces)
    .where(idIs(workspaces.id, workspaceId))
    .limit(1);
  return readWorkspaceVariables(row?.settings);
}

/** Sets a variable; null takes it away. In one statement, so that two changes at a time are both kept. */
export async function patchVariable(
  db: Db,
  workspaceId: string,
  { name, value }: { name: string; value: string | null },
): Promise<void> {
  const change = JSON.stringify({ variables: { [name]: value } });
  const patched = sql`json_patch(coalesce(${workspaces.settings}, '{}'), ${change})`;
  await db.update(workspaces).set({ settings: patched }).where(idIs(workspaces.id, workspaceId));
}
