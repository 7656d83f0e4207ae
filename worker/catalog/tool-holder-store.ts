import { and, eq, ne, or, sql } from "drizzle-orm";
import type { WorkspaceId } from "#contract/ids";
import { onVersion } from "./store.ts";
import type { Db } from "../platform/db/client.ts";
import { versions, workers } from "../platform/db/schema/deploys.ts";

/** A worker of the workspace, but this one, whose name or `mcp.name` is one of these; its name. */
export async function findToolHolder(
  db: Db,
  { workspaceId, names, but }: { workspaceId: WorkspaceId; names: readonly string[]; but: string },
): Promise<string | undefined> {
  const alias = sql`json_extract(${versions.manifest}, '$.mcp.name')`;
  const isOne = names.map((name) => or(sql`${workers.name} = ${name}`, eq(alias, name)));
  const [row] = await db
    .select({ name: workers.name })
    .from(workers)
    .innerJoin(versions, onVersion())
    .where(and(eq(workers.workspace_id, workspaceId), ne(sql`${workers.name}`, but), or(...isOne)))
    .limit(1);
  return row?.name;
}
