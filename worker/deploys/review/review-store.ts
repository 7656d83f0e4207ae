import { and, desc, eq, exists, lt, not, sql } from "drizzle-orm";
import type { VersionId, WorkspaceId } from "#contract/ids";
import type { VersionState } from "#contract/trust/version-state";
import { toWorkerVersion } from "../../catalog/store.ts";
import type { VersionRow, WorkerVersion } from "../../catalog/store.ts";
import { claimsOf } from "../../catalog/tool-claims.ts";
import { isHeld } from "../../catalog/tool-holder-store.ts";
import type { Db } from "../../platform/db/client.ts";
import { isNoneOf } from "../../platform/db/id-is.ts";
import { versions, workers } from "../../platform/db/schema/deploys.ts";

export interface Decision extends Pick<VersionRow, "decided_by" | "decided_at" | "signature"> {
  to: VersionState;
  reason: string | null;
  /** Whether it becomes the active version as well. */
  activates: boolean;
}

/** What the decision was made on. */
export interface DecidedOn {
  version: Pick<
    VersionRow,
    "id" | "workspace_id" | "worker_id" | "number" | "digest" | "state" | "signature" | "manifest"
  >;
  activeVersion: number;
}

/**
 * Writes a decision, and with it which version is active where it is let in; false when something of what it was made on
 * is no longer so, or another worker has a name of the tools that are let in, and then nothing is written.
 */
export async function decideRow(
  db: Db,
  { version, activeVersion }: DecidedOn,
  { to, reason, activates, ...decision }: Decision,
): Promise<boolean> {
  const isFree = activates ? not(isHeld(claimsOf(version))) : undefined;
  const asSeen = db
    .select({ id: workers.id })
    .from(workers)
    .where(and(eq(workers.id, version.worker_id), eq(workers.active_version, activeVersion), isFree));
  const change = db
    .update(versions)
    .set({ state: to, decision_reason: reason, ...decision })
    .where(
      and(
        eq(versions.id, version.id),
        eq(versions.state, version.state),
        eq(versions.digest, version.digest),
        eq(versions.signature, version.signature),
        exists(asSeen),
      ),
    )
    .returning({ id: versions.id });
  if (!activates) return (await change).length === 1;
  const mine = db
    .select({ id: versions.id })
    .from(versions)
    .where(and(eq(versions.id, version.id), eq(versions.signature, decision.signature)));
  const [changed] = await db.batch([
    change,
    db
      .update(workers)
      .set({ active_version: version.number, updated_at: decision.decided_at ?? 0 })
      .where(and(eq(workers.id, version.worker_id), eq(workers.active_version, activeVersion), exists(mine))),
  ]);
  return changed.length === 1;
}

export interface WaitingFilter {
  workspaceId: WorkspaceId;
  /** Names of workers whose versions are left out. */
  hidden: readonly string[];
  /** Only versions before this one in the list, newest first. */
  before: VersionId | undefined;
  limit: number;
}

/** The versions of a workspace that wait in quarantine, newest first, each with its worker. */
export async function listWaitingRows(
  db: Db,
  { workspaceId, hidden, before, limit }: WaitingFilter,
): Promise<(WorkerVersion & { id: VersionId })[]> {
  const rows = await db
    .select({ worker: workers, version: versions })
    .from(versions)
    .innerJoin(workers, eq(workers.id, versions.worker_id))
    .where(
      and(
        eq(versions.workspace_id, workspaceId),
        // Spelled as the partial index has it, so that the planner takes it.
        sql`${versions.state} = 'quarantined'`,
        isNoneOf(workers.name, hidden),
        before === undefined ? undefined : lt(versions.id, before),
      ),
    )
    .orderBy(desc(versions.id))
    .limit(limit);
  return rows.map((row) => ({ ...toWorkerVersion(row), id: row.version.id }));
}
