import { and, eq, ne, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { onVersion } from "./store.ts";
import type { ToolClaims } from "./tool-claims.ts";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";

/** A worker of the workspace, but this one, whose name or `mcp.name` is one of these; its name. */
export async function findToolHolder(
  db: Db,
  { workspaceId, names, but }: ToolClaims,
): Promise<string | undefined> {
  const alias = sql`json_extract(${versions.manifest}, '$.mcp.name')`;
  const isOne = names.map((name) => or(sql`${workers.name} = ${name}`, eq(alias, name)));
  const [row] = await db
    .select({ name: workers.name })
    .from(workers)
    .innerJoin(versions, onVersion())
    .where(and(idIs(workers.workspace_id, workspaceId), ne(sql`${workers.name}`, but), or(...isOne)))
    .limit(1);
  return row?.name;
}

/**
 * Whether another worker has one of these names by now: asked within the write that takes them, so that of two at the same
 * moment one finds the other.
 */
export function isHeld({ workspaceId, names, but }: ToolClaims): SQL<boolean> {
  const list = sql.join(
    names.map((name) => sql`${name}`),
    sql`, `,
  );
  return sql<boolean>`EXISTS (SELECT 1 FROM ${workers} AS other
    JOIN ${versions} AS held ON held.worker_id = other.id AND held.number = other.active_version
    WHERE other.workspace_id = ${workspaceId} AND other.name <> ${but}
    AND (other.name IN (${list}) OR json_extract(held.manifest, '$.mcp.name') IN (${list})))`;
}
