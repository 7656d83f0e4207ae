import { and, eq } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { idIs } from "../platform/db/id-is.ts";
import { tokens } from "../platform/db/schema/access.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { queryStartable, toWorkerVersion } from "./store.ts";
import type { WorkerVersion } from "./store.ts";

/** The worker of this name with its active version, in the workspace of the token with this hash. */
export async function findWorkerOfToken(
  db: Db,
  { hash, name }: { hash: string; name: string },
): Promise<WorkerVersion | undefined> {
  const workspace = db.select({ id: tokens.workspace_id }).from(tokens).where(eq(tokens.hash, hash));
  const [row] = await queryStartable(db)
    .where(and(eq(workers.workspace_id, workspace), idIs(workers.name, name)))
    .limit(1);
  return row && toWorkerVersion(row);
}
