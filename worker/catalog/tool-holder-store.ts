import { and, ne, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { onVersion } from "./store.ts";
import type { ToolClaims } from "./tool-claims.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";

/** A worker of the workspace, but this one, that takes one of these names for itself or for its tools; its name. */
export async function findToolHolder(
  db: Db,
  { workspaceId, names, but }: ToolClaims,
): Promise<string | undefined> {
  const takes = takesOneOf(names, { name: sql`${workers.name}`, manifest: sql`${versions.manifest}` });
  const [row] = await db
    .select({ name: workers.name })
    .from(workers)
    .innerJoin(versions, onVersion())
    .where(and(idIs(workers.workspace_id, workspaceId), ne(sql`${workers.name}`, but), takes))
    .limit(1);
  return row?.name;
}

/**
 * Whether another worker has one of these names by now: asked within the write that takes them, so that of two at the same
 * moment one finds the other.
 */
export function isHeld({ workspaceId, names, but }: ToolClaims): SQL<boolean> {
  return sql<boolean>`EXISTS (SELECT 1 FROM ${workers} AS other
    JOIN ${versions} AS held ON held.worker_id = other.id AND held.number = other.active_version
    WHERE other.workspace_id = ${workspaceId} AND other.name <> ${but}
    AND ${takesOneOf(names, { name: sql`other.name`, manifest: sql`held.manifest` })})`;
}

/** Names are one parameter however many there are: a worker may name each of its actions. */
function takesOneOf(names: readonly string[], { name, manifest }: { name: SQL; manifest: SQL }): SQL {
  const list = sql`(SELECT value FROM json_each(${JSON.stringify(names)}))`;
  return sql`(${name} IN ${list} OR json_extract(${manifest}, '$.mcp.name') IN ${list}
    OR EXISTS (SELECT 1 FROM json_each(${manifest}, '$.mcp.actions') WHERE json_each.value IN ${list}))`;
}
