import { and, desc, eq, gte, lt, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { RunStatus, RunSummary } from "#contract/runs/run";
import { fromWireWorker, toWireRun, toWireWorker } from "#contract/floom-wire";
import type { RunId } from "#contract/ids";
import { runSummarySchema } from "#contract/runs/run";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";

type RunRow = typeof runs.$inferSelect;

const epoch = (iso: string | null) => (iso === null ? null : Date.parse(iso));

/** Writes a run's row for lists: the whole row the first time, afterwards what changes. Repeatable. Answers the rows written. */
export async function putRunRow(
  db: Db,
  place: { workspaceId: string; workerId: string },
  run: RunSummary,
): Promise<number> {
  const worker = fromWireWorker(run);
  const changing = {
    status: run.status,
    started_at: epoch(run.started_at),
    completed_at: epoch(run.completed_at),
    duration_ms: run.duration_ms,
    error: run.error,
    error_code: run.error_code,
    attempt: run.attempt,
  };
  const row: typeof runs.$inferInsert = {
    workspace_id: place.workspaceId,
    id: run.id,
    worker_id: place.workerId,
    worker_name: worker.name,
    worker_title: worker.title,
    version: run.version,
    trigger_source: run.trigger_source,
    created_at: Date.parse(run.created_at),
    ...changing,
  };
  // An ended run's row is final: a late writer must not turn it back.
  const { meta } = await db
    .insert(runs)
    .values(row)
    .onConflictDoUpdate({
      target: [runs.workspace_id, runs.id],
      set: changing,
      setWhere: sql`${runs.completed_at} IS NULL AND (${differs(changing)})`,
    });
  return meta.rows_written;
}

/** Whether a row says anything else than is to be written: what it says already costs no row. */
function differs(changing: Partial<typeof runs.$inferInsert>): SQL {
  const pairs = Object.entries(changing).map(([name, value]) => sql`${sql.identifier(name)} IS NOT ${value}`);
  return sql.join(pairs, sql` OR `);
}

/** A row as lists show it. */
export function toSummary(row: RunRow): RunSummary {
  return runSummarySchema.parse({
    ...toWireRun(row.id),
    ...toWireWorker({ name: row.worker_name, title: row.worker_title }),
    version: row.version,
    status: row.status,
    trigger_source: row.trigger_source,
    created_at: toIso(row.created_at),
    started_at: toIsoOrNull(row.started_at),
    completed_at: toIsoOrNull(row.completed_at),
    duration_ms: row.duration_ms,
    error: row.error,
    error_code: row.error_code,
    attempt: row.attempt,
  });
}

/** What is left out narrows nothing. */
export interface RunFilter {
  workspaceId: string;
  workerName?: string | undefined;
  status?: RunStatus | undefined;
  since?: number | undefined;
  until?: number | undefined;
  /** Only runs before this one in the list, newest first. */
  before?: RunId | undefined;
  limit: number;
}

/** Runs of a workspace, newest first. */
export async function listRunRows(db: Db, filter: RunFilter): Promise<RunSummary[]> {
  const rows = await db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.workspace_id, filter.workspaceId),
        filter.workerName === undefined ? undefined : idIs(runs.worker_name, filter.workerName),
        filter.status === undefined ? undefined : eq(runs.status, filter.status),
        filter.since === undefined ? undefined : gte(runs.created_at, filter.since),
        filter.until === undefined ? undefined : lte(runs.created_at, filter.until),
        filter.before === undefined ? undefined : lt(runs.id, filter.before),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(filter.limit);
  return rows.map(toSummary);
}

/** The newest run of each of the named workers: one row read per worker, by the list index. */
export async function findLastRunRows(
  db: Db,
  workspaceId: string,
  workerNames: readonly string[],
): Promise<Map<string, RunSummary>> {
  const newest = workerNames.map((name) =>
    db
      .select()
      .from(runs)
      .where(and(eq(runs.workspace_id, workspaceId), idIs(runs.worker_name, name)))
      .orderBy(desc(runs.id))
      .limit(1),
  );
  const [first, ...rest] = newest;
  if (!first) return new Map();
  const results = await db.batch([first, ...rest]);
  return new Map(results.flat().map((row) => [row.worker_name, toSummary(row)]));
}

/** The named runs of a workspace, by id. */
export async function findRunRows(
  db: Db,
  workspaceId: string,
  ids: readonly string[],
): Promise<Map<string, RunSummary>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select()
    .from(runs)
    .where(and(eq(runs.workspace_id, workspaceId), idIsOneOf(runs.id, ids)));
  return new Map(rows.map((row) => [row.id, toSummary(row)]));
}
