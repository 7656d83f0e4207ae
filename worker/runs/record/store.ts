import { and, desc, eq, gte, lt, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { RunStatus, RunSummary } from "#contract/runs/run";
import { fromWireWorker, toWireRun, toWireWorker } from "#contract/floom-wire";
import { workerIdSchema } from "#contract/ids";
import type { RunId, WorkerId } from "#contract/ids";
import { failureKindOf } from "#contract/runs/run-failure";
import { runSummarySchema } from "#contract/runs/run";
import { toIso, toIsoOrNull } from "../../platform/clock.ts";
import type { Db } from "../../platform/db/client.ts";
import { idIs, idIsOneOf, isNoneOf } from "../../platform/db/id-is.ts";
import { spend } from "../../platform/db/schema/spend.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { firstIdAt } from "../../platform/ids.ts";

type RunRow = Pick<typeof runs.$inferSelect, keyof typeof columns>;

const epoch = (iso: string | null) => (iso === null ? null : Date.parse(iso));

/** Whose run a row is, and the number of the run's event that it tells of. */
export interface RowPlace {
  workspaceId: string;
  workerId: string;
  eventSeq: number;
  /** What the run has cost, in billionths of a dollar, whose spending that is and when; absent while it is nothing. */
  spend?: { nanoUsd: number; userId: string; at: number } | undefined;
}

/** The number of the first event of a run, which says that it waits or begins. */
const FIRST_EVENT_SEQ = 1;
/** The number of the word on a run whose object is not heard any more: no event of its comes after it. */
const LAST_EVENT_SEQ = Number.MAX_SAFE_INTEGER;

/**
 * Writes a run's row for lists: the whole row the first time, afterwards what changes. Repeatable, and in any order: what an
 * earlier event says changes nothing. Answers the rows written.
 */
export function putRunRow(db: Db, place: RowPlace, run: RunSummary): Promise<number> {
  return writeRow(db, { place, run });
}

async function writeRow(
  db: Db,
  { place, run, butFor }: { place: RowPlace; run: RunSummary; butFor?: RunStatus },
): Promise<number> {
  const { row, changing } = toRow(place, run);
  // What is said later may say the same as the row: it is written all the same, lest what came in between overwrites it.
  const isNewer = sql`${runs.event_seq} < ${place.eventSeq}`;
  const isSame = sql`${runs.event_seq} = ${place.eventSeq}`;
  // An ended run's row is final: a late writer must not turn it back.
  const write = db
    .insert(runs)
    .values(row)
    .onConflictDoUpdate({
      target: [runs.workspace_id, runs.id],
      set: { ...changing, event_seq: place.eventSeq },
      setWhere: sql`${runs.completed_at} IS NULL${butFor === undefined ? sql`` : sql` AND ${runs.status} <> ${butFor}`} AND (${isNewer} OR ${isSame} AND (${differs(changing)}))`,
    });
  if (place.spend === undefined) return (await write).meta.rows_written;
  const { nanoUsd } = place.spend;
  const results = await db.batch([
    addSpend(db, place, { ...place.spend, runId: run.id }),
    write,
    // The row of a run that was given up says what it says; what its sandbox has cost is counted all the same, once.
    db
      .update(runs)
      .set({ cost_nano_usd: nanoUsd })
      .where(
        and(
          idIs(runs.workspace_id, place.workspaceId),
          idIs(runs.id, run.id),
          lt(runs.cost_nano_usd, nanoUsd),
        ),
      ),
  ]);
  return results.reduce((rows, { meta }) => rows + meta.rows_written, 0);
}

const DAY_MS = 86_400_000;

/** Adds what the run's row does not say yet that it has cost, so that a repeat adds nothing. */
function addSpend(
  db: Db,
  { workspaceId, workerId }: RowPlace,
  { nanoUsd, userId, at, runId }: NonNullable<RowPlace["spend"]> & { runId: RunId },
) {
  const day = Math.floor(at / DAY_MS);
  const known = sql`coalesce((SELECT ${runs.cost_nano_usd} FROM ${runs} WHERE ${runs.workspace_id} = ${workspaceId} AND ${runs.id} = ${runId}), 0)`;
  // The columns as the table has them.
  return db
    .insert(spend)
    .select(
      sql`SELECT ${workspaceId}, ${day}, ${workerId}, ${userId}, known = 0, ${nanoUsd} - known, 0
        FROM (SELECT ${known} AS known) WHERE known < ${nanoUsd}`,
    )
    .onConflictDoUpdate({
      target: [spend.workspace_id, spend.day, spend.worker_id, spend.user_id],
      set: {
        runs: sql`${spend.runs} + excluded.runs`,
        sandbox_nano_usd: sql`${spend.sandbox_nano_usd} + excluded.sandbox_nano_usd`,
      },
    });
}

/**
 * Writes the word on a run whose object is not heard any more, unless the run has ended or asks people: then it needs its
 * place no more, and has not failed. Answers whether the row says that it has. Repeatable.
 */
export async function putGivenUpRow(
  db: Db,
  of: Omit<RowPlace, "eventSeq">,
  run: RunSummary,
): Promise<boolean> {
  const place = { ...of, eventSeq: LAST_EVENT_SEQ };
  await writeRow(db, { place, run, butFor: "pending_approval" });
  const [row] = await db
    .select({ event_seq: runs.event_seq })
    .from(runs)
    .where(and(idIs(runs.workspace_id, of.workspaceId), idIs(runs.id, run.id)))
    .limit(1);
  return row?.event_seq === LAST_EVENT_SEQ;
}

/** What the queue has said of a run that it gave up; null where it said nothing of that. */
export async function findGivenUp(
  db: Db,
  { workspaceId, runId }: { workspaceId: string; runId: string },
): Promise<{ worker: string } | null> {
  const [row] = await db
    .select({ worker: runs.worker_name, event_seq: runs.event_seq })
    .from(runs)
    .where(and(idIs(runs.workspace_id, workspaceId), idIs(runs.id, runId)))
    .limit(1);
  return row?.event_seq === LAST_EVENT_SEQ ? { worker: row.worker } : null;
}

function toRow(place: RowPlace, run: RunSummary) {
  const worker = fromWireWorker(run);
  const changing = {
    status: run.status,
    started_at: epoch(run.started_at),
    completed_at: epoch(run.completed_at),
    duration_ms: run.duration_ms,
    error: run.error,
    error_code: run.error_code,
    error_kind: run.status === "failed" ? failureKindOf(run.error_code) : null,
    attempt: run.attempt,
    ...(place.spend === undefined ? {} : { cost_nano_usd: place.spend.nanoUsd }),
  };
  const row: typeof runs.$inferInsert = {
    workspace_id: place.workspaceId,
    id: run.id,
    worker_id: place.workerId,
    worker_name: worker.name,
    worker_title: worker.title,
    version: run.version,
    action: run.action,
    trigger_source: run.trigger_source,
    created_at: Date.parse(run.created_at),
    ...changing,
    event_seq: place.eventSeq,
  };
  return { row, changing };
}

/** Adds the rows of runs that have none yet, in one call; what a run's own object wrote stays. Answers the rows written. */
export async function addRunRows(
  db: Db,
  added: readonly (Pick<RowPlace, "workspaceId" | "workerId"> & { summary: RunSummary })[],
): Promise<number> {
  const [first, ...rest] = added.map((one) =>
    db
      .insert(runs)
      .values(toRow({ ...one, eventSeq: FIRST_EVENT_SEQ }, one.summary).row)
      .onConflictDoNothing({ target: [runs.workspace_id, runs.id] }),
  );
  if (first === undefined) return 0;
  const results = await db.batch([first, ...rest]);
  return results.reduce((rows, { meta }) => rows + meta.rows_written, 0);
}

/** The worker's uid of a run in the workspace; null when no list has the run. */
export async function findRunWorker(db: Db, workspaceId: string, runId: string): Promise<WorkerId | null> {
  const [row] = await db
    .select({ worker_id: runs.worker_id })
    .from(runs)
    .where(and(idIs(runs.workspace_id, workspaceId), idIs(runs.id, runId)))
    .limit(1);
  return row ? workerIdSchema.parse(row.worker_id) : null;
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

/** The newest run of each of the named workers: one row read per worker, by the list index. */
export async function findLastRunRows(
  db: Db,
  workspaceId: string,
  workerNames: readonly string[],
): Promise<Map<string, RunSummary>> {
  const newest = workerNames.map((name) =>
    db
      .select(columns)
      .from(runsBy("runs_by_worker"))
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
