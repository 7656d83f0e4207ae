import type { RunId } from "#contract/ids";
import { and, eq } from "drizzle-orm";
import type { Db } from "../platform/db/client.ts";
import { idIsOneOf } from "../platform/db/id-is.ts";
import { approvals } from "../platform/db/schema/approvals.ts";
import { runs } from "../platform/db/schema/runs.ts";

/** Which of these runs have a follow-up run that is kept: it acts by the record of the one that asked. */
export async function listAwaitedAskers(
  db: Db,
  workspaceId: string,
  runIds: readonly string[],
): Promise<RunId[]> {
  const rows = await db
    .select({ id: approvals.run_id })
    .from(approvals)
    .innerJoin(
      runs,
      and(eq(runs.workspace_id, approvals.workspace_id), eq(runs.id, approvals.follow_up_run_id)),
    )
    .where(and(eq(approvals.workspace_id, workspaceId), idIsOneOf(approvals.run_id, runIds)));
  return rows.map(({ id }) => id);
}

/** Takes what these runs have asked out of the inbox. */
export async function deleteApprovalsOf(
  db: Db,
  workspaceId: string,
  runIds: readonly string[],
): Promise<void> {
  await db
    .delete(approvals)
    .where(and(eq(approvals.workspace_id, workspaceId), idIsOneOf(approvals.run_id, runIds)));
}

/** Empties a workspace's inbox, of which no run is left. */
export async function deleteAllApprovals(db: Db, workspaceId: string): Promise<void> {
  await db.delete(approvals).where(eq(approvals.workspace_id, workspaceId));
}
