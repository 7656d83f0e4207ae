import { and, eq, sql } from "drizzle-orm";
import type { UserId, WorkerId, WorkspaceId } from "#contract/ids";
import type { GrantKind } from "#contract/route";
import type { Db } from "../../platform/db/client.ts";
import { idIs } from "../../platform/db/id-is.ts";
import { members, workerGrants } from "../../platform/db/schema/access.ts";
import { workers } from "../../platform/db/schema/deploys.ts";

/** What was granted of a worker, to members alone: whoever has left has nothing. */
export async function listGrantRows(
  db: Db,
  workerId: WorkerId,
): Promise<{ user_id: UserId; email: string; kind: GrantKind }[]> {
  return db
    .select({ user_id: workerGrants.user_id, email: members.email, kind: workerGrants.kind })
    .from(workerGrants)
    .innerJoin(
      members,
      and(eq(members.workspace_id, workerGrants.workspace_id), eq(members.user_id, workerGrants.user_id)),
    )
    .where(eq(workerGrants.worker_id, workerId));
}

/** Gives a member exactly these grants of a worker, all in one step; nothing to whoever is no member then. */
export async function putGrantRows(
  db: Db,
  place: { workspaceId: WorkspaceId; workerId: WorkerId; userId: string },
  grants: { kinds: readonly GrantKind[]; by: string; now: number },
): Promise<void> {
  const { workspaceId, workerId, userId } = place;
  const cleared = db
    .delete(workerGrants)
    .where(and(eq(workerGrants.worker_id, workerId), idIs(workerGrants.user_id, userId)));
  const given = grants.kinds.map((kind) =>
    db
      .insert(workerGrants)
      // The columns as the table has them.
      .select(
        sql`SELECT ${workspaceId}, ${workerId}, ${members.user_id}, ${kind}, ${grants.by}, ${grants.now} FROM ${members}
          WHERE ${members.workspace_id} = ${workspaceId} AND ${members.user_id} = ${userId}`,
      )
      .onConflictDoNothing(),
  );
  await db.batch([cleared, ...given]);
}

export async function setVisibilityRow(
  db: Db,
  workerId: WorkerId,
  visibility: "private" | "workspace",
): Promise<void> {
  await db.update(workers).set({ visibility }).where(eq(workers.id, workerId));
}
