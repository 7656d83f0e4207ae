import { and, eq, sql } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { prepareOnce } from "../platform/db/prepare-once.ts";
import { tokens } from "../platform/db/schema/access.ts";
import { workers } from "../platform/db/schema/deploys.ts";
import { queryStartable, toWorkerVersion } from "./store.ts";
import type { WorkerVersion } from "./store.ts";

const workerOfToken = prepareOnce((db) => {
  const ofHash = eq(tokens.hash, sql.placeholder("hash"));
  const workspace = db.select({ id: tokens.workspace_id }).from(tokens).where(ofHash);
  const isMeant = and(eq(workers.workspace_id, workspace), eq(workers.name, sql.placeholder("name")));
  return queryStartable(db).where(isMeant).limit(1).prepare();
});

/** The worker of this name with its active version, in the workspace of the token with this hash. */
export async function findWorkerOfToken(
  db: Db,
  { hash, name }: { hash: string; name: string },
): Promise<WorkerVersion | undefined> {
  const [row] = await workerOfToken(db).all({ hash, name });
  return row && toWorkerVersion(row);
}
