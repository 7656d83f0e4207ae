import { and, desc, eq, gte, lt, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { RunStatus, RunSummary } from "#contract/runs/run";
import { toWireRun, toWireWorker } from "#contract/floom-wire";
import { workerIdSchema } from "#contract/ids";
import type { RunId, WorkerId } from "#contract/ids";
import { runSummarySchema } from "#contract/runs/run";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf, isNoneOf } from "../../platform/db/id-is.ts";
import { prepareOnce } from "../../platform/db/prepare-once.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { firstIdAt } from "../../platform/ids.ts";

type RunRow = Pick<typeof runs.$inferSelect, keyof typeof columns>;

/** The worker's uid of a run in the workspace; null when no list has the run. */
export async function findRunWorker(db: Db, workspaceId: string, runId: string): Promise<WorkerId | null> {
  const [row] = await db
    .select({ worker_id: runs.worker_id })
    .from(runs)
    .where(and(idIs(runs.workspace_id, workspaceId), idIs(runs.id, runId)))
    .limit(1);
  return row ? workerIdSchema.parse(row.worker_id) : null;
}

/** A row as lists show it. */
export function toSummary(row: RunRow): RunSummary {
  return runSummarySchema.parse({
    ...toWireRun(row.id),
    ...toWireWorker({ name: row.worker_name, title: row.worker_title }),
    version: row.version,
    action: row.action,
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
  /** Names of workers whose runs are left out. */
  hidden?: readonly string[];
  /** Only runs before this one in the list, newest first. */
  before?: RunId | undefined;
  limit: number;
}

/** A run's id may be promised before the run is made: by a delivery, a call or a decision, at most a day before. */
export const PROMISED_MS = 2 * 86_400_000;
/** An id is never younger than its run, but for clocks that differ. */
const SKEW_MS = 60_000;

/**
 * Statuses with an index of their own, spelled as it has them. It would cost every run a row to have one for `running`
 * and `completed` as well, or one by worker: those are looked for among the newest runs (of the worker).
 */
const indexed: readonly string[] = ["queued", "pending_approval", "failed", "cancelled"];
const isIndexed = sql`status IN ('queued', 'pending_approval', 'failed', 'cancelled')`;
/** What one look goes through, so that no query takes long; and how many looks one page takes, which is a second's work. */
const WINDOW_RUNS = 2000;
const LOOKS = 10;

/** Where a list stands, by its index: whose runs, and from which id to which. */
function placeOf(filter: RunFilter) {
  const { workerName, since, until, before } = filter;
  return and(
    eq(runs.workspace_id, filter.workspaceId),
    workerName === undefined ? undefined : idIs(runs.worker_name, workerName),
    since === undefined ? undefined : gte(runs.id, firstIdAt("run", since - PROMISED_MS)),
    until === undefined ? undefined : lt(runs.id, firstIdAt("run", until + SKEW_MS)),
    before === undefined ? undefined : lt(runs.id, before),
  );
}

/** What else must be true of a run in it. */
function matches({ since, until, status, hidden = [] }: RunFilter) {
  return [
    isNoneOf(runs.worker_name, hidden),
    since === undefined ? undefined : gte(runs.created_at, since),
    until === undefined ? undefined : lte(runs.created_at, until),
    status === undefined ? undefined : eq(runs.status, status),
  ];
}

/** `rest`: fewer runs than asked for were found in what was looked through, and this is where to go on; else null. */
export interface RunRows {
  rows: RunSummary[];
  rest: RunId | null;
}

/**
 * The runs by an index. The planner would rather go through the whole workspace in the order of ids than take an index
 * that leads to few of them, so each query says which; where there is none to name, that order is right.
 */
function runsBy(index: "runs_by_status" | "runs_by_worker" | null): SQL {
  return index === null ? sql`${runs}` : sql`${runs} INDEXED BY ${sql.identifier(index)}`;
}

/**
 * Runs of a workspace, newest first. Those of a status without an index are looked for among the newest, look by look,
 * until the page is full or so many looks are over: then the next page goes on where the last look ended.
 */
export async function listRunRows(db: Db, filter: RunFilter): Promise<RunRows> {
  const rows: RunSummary[] = [];
  let { before } = filter;
  for (let look = 1; ; look++) {
    const found = await lookForRuns(db, { ...filter, before, limit: filter.limit - rows.length });
    rows.push(...found.rows);
    if (found.rest === null || look === LOOKS) return { rows, rest: found.rest };
    before = found.rest;
  }
}

async function lookForRuns(db: Db, filter: RunFilter): Promise<RunRows> {
  const { status, workerName, limit } = filter;
  const hasIndex = status !== undefined && workerName === undefined && indexed.includes(status);
  const last = status === undefined || hasIndex ? null : await findWindowEnd(db, filter);
  const rows = await db
    .select(columns)
    .from(runsBy(hasIndex ? "runs_by_status" : listIndexOf(filter)))
    .where(
      and(
        placeOf(filter),
        last === null ? undefined : gte(runs.id, last),
        hasIndex ? isIndexed : undefined,
        ...matches(filter),
      ),
    )
    .orderBy(desc(runs.id))
    .limit(limit);
  return { rows: rows.map(toSummary), rest: rows.length < limit ? last : null };
}

/** A column as an expression: of a table that is named in words, drizzle takes no other. */
const said = <Column extends SQLiteColumn>(column: Column) =>
  sql<Column["_"]["data"]>`${column}`.mapWith(column);

/** What of a row a list shows. */
export const columns = {
  id: said(runs.id),
  worker_name: said(runs.worker_name),
  worker_title: said(runs.worker_title),
  version: said(runs.version),
  action: said(runs.action),
  status: said(runs.status),
  trigger_source: said(runs.trigger_source),
  created_at: said(runs.created_at),
  started_at: said(runs.started_at),
  completed_at: said(runs.completed_at),
  duration_ms: said(runs.duration_ms),
  error: said(runs.error),
  error_code: said(runs.error_code),
  attempt: said(runs.attempt),
};

function listIndexOf({ workerName }: RunFilter): "runs_by_worker" | null {
  return workerName === undefined ? null : "runs_by_worker";
}

/** The oldest run that one look goes back to; null where there are fewer runs than that. */
async function findWindowEnd(db: Db, filter: RunFilter): Promise<RunId | null> {
  const [row] = await db
    .select({ id: columns.id })
    .from(runsBy(listIndexOf(filter)))
    .where(placeOf(filter))
    .orderBy(desc(runs.id))
    .limit(1)
    .offset(WINDOW_RUNS - 1);
  return row?.id ?? null;
}

/** Two rows are read for each worker that has run: by the list index which run it is, and that run. */
const lastRuns = prepareOnce((db) => {
  const workspaceId = sql.placeholder("workspaceId");
  const newest = sql`SELECT newest.id FROM ${runs} AS newest INDEXED BY runs_by_worker
    WHERE newest.workspace_id = ${workspaceId} AND newest.worker_name = json_each.value ORDER BY newest.id DESC LIMIT 1`;
  const ids = sql`SELECT (${newest}) FROM json_each(${sql.placeholder("names")})`;
  return db
    .select(columns)
    .from(runs)
    .where(sql`${runs.workspace_id} = ${workspaceId} AND ${runs.id} IN (${ids})`)
    .prepare();
});

/** The newest run of each of the named workers, by worker name: in one query, however many they are. */
export async function findLastRunRows(
  db: Db,
  workspaceId: string,
  workerNames: readonly string[],
): Promise<Map<string, RunSummary>> {
  if (workerNames.length === 0) return new Map();
  const rows = await lastRuns(db).all({ workspaceId, names: JSON.stringify(workerNames) });
  return new Map(rows.map((row) => [row.worker_name, toSummary(row)]));
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
