import type { WorkerId, WorkspaceId } from "#contract/ids";
import { and, desc, eq, exists, not, sql } from "drizzle-orm";
import * as z from "zod";
import { activationGuardSchema } from "#contract/versions/version";
import type { Activation, ActivationGuard } from "#contract/versions/version";
import type { ToolClaims } from "../catalog/tool-claims.ts";
import { isHeld } from "../catalog/tool-holder-store.ts";
import { toIso } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { activations, versions, workers } from "../platform/db/schema/deploys.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

const guardsForm = defineUnmarked("guards of an activation", z.array(activationGuardSchema));

export interface ActivationRow {
  workspace_id: WorkspaceId;
  worker_id: WorkerId;
  from_version: number;
  to_version: number;
  by_token: string;
  at: number;
  forced: ActivationGuard[];
  /** What the version takes for its tools. */
  claims: ToolClaims;
}

/**
 * Makes a version active and writes down who did it, both or neither; false when another version than `from_version`
 * is active by now, the one to be made active is gone, or another worker has a name of its tools. `archive` changes the worker's archive as well, when the manifests say so.
 */
export async function activateRow(
  db: Db,
  row: ActivationRow,
  archive: { archived_at: number | null } | null,
): Promise<boolean> {
  const target = db
    .select({ id: versions.id })
    .from(versions)
    .where(
      and(
        eq(versions.worker_id, row.worker_id),
        eq(versions.number, row.to_version),
        eq(versions.state, "active"),
      ),
    );
  const stillThere = and(
    eq(workers.id, row.worker_id),
    eq(workers.active_version, row.from_version),
    exists(target),
    not(isHeld(row.claims)),
  );
  const asSelect = db
    .select({
      id: sql`NULL`.as("id"),
      workspace_id: workers.workspace_id,
      worker_id: sql`${workers.id}`.as("worker_id"),
      from_version: sql`${row.from_version}`.as("from_version"),
      to_version: sql`${row.to_version}`.as("to_version"),
      by_token: sql`${row.by_token}`.as("by_token"),
      at: sql`${row.at}`.as("at"),
      forced: sql`${JSON.stringify(row.forced)}`.as("forced"),
    })
    .from(workers)
    .where(stillThere);
  const [inserted] = await db.batch([
    db.insert(activations).select(asSelect).returning({ id: activations.id }),
    db
      .update(workers)
      .set({ active_version: row.to_version, updated_at: row.at, ...archive })
      .where(stillThere),
  ]);
  return inserted.length === 1;
}

/** The newest activations of a worker, newest first. */
export async function listActivationRows(db: Db, workerId: WorkerId, limit: number): Promise<Activation[]> {
  const rows = await db
    .select()
    .from(activations)
    .where(eq(activations.worker_id, workerId))
    .orderBy(desc(activations.id))
    .limit(limit);
  return rows.map((row) => ({
    from: row.from_version,
    to: row.to_version,
    by: row.by_token,
    at: toIso(row.at),
    forced: guardsForm.read(row.forced),
  }));
}
