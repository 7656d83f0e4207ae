import { and, lt, sql } from "drizzle-orm";
import type { SQLiteInsertValue } from "drizzle-orm/sqlite-core";
import type { RunStatus, RunSummary } from "#contract/runs/run";
import { fromWireWorker } from "#contract/floom-wire";
import type { RunId } from "#contract/ids";
import { failureKindOf } from "#contract/runs/run-failure";
import type { Db } from "../../platform/db/client.ts";
import { prepareOnce } from "../../platform/db/prepare-once.ts";
import { idIs } from "../../platform/db/id-is.ts";
import { runs } from "../../platform/db/schema/runs.ts";
import { spend } from "../../platform/db/schema/spend.ts";

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
  const row = toRow(place, run);
  if (place.spend === undefined) {
    const write =
      butFor === undefined ? plainWrite(db).run(row) : upsert(db, { row, changing: changes, butFor });
    return (await write).meta.rows_written;
  }
  const { nanoUsd } = place.spend;
  const costing = {
    row: { ...row, cost_nano_usd: nanoUsd },
    changing: [...changes, "cost_nano_usd"],
    butFor,
  };
  const results = await db.batch([
    addSpend(db, place, { ...place.spend, runId: run.id }),
    upsert(db, costing),
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

/** `row`: of values or of placeholders for them; `changing`: the columns that a later event may say otherwise. */
function upsert(
  db: Db,
  { row, changing, butFor }: { row: GivenRow; changing: readonly string[]; butFor?: RunStatus | undefined },
) {
  const fresh = (name: string) => sql`excluded.${sql.identifier(name)}`;
  // What is said later may say the same as the row: it is written all the same, lest what came in between overwrites it.
  const isNewer = sql`${runs.event_seq} < ${fresh("event_seq")}`;
  const isSame = sql`${runs.event_seq} = ${fresh("event_seq")}`;
  const pairs = changing.map((name) => sql`${runs}.${sql.identifier(name)} IS NOT ${fresh(name)}`);
  // What the row says already costs no row.
  const differs = sql.join(pairs, sql` OR `);
  // An ended run's row is final: a late writer must not turn it back.
  return db
    .insert(runs)
    .values(row)
    .onConflictDoUpdate({
      target: [runs.workspace_id, runs.id],
      set: Object.fromEntries([...changing, "event_seq"].map((name) => [name, fresh(name)])),
      setWhere: sql`${runs.completed_at} IS NULL${butFor === undefined ? sql`` : sql` AND ${runs.status} <> ${butFor}`} AND (${isNewer} OR ${isSame} AND (${differs}))`,
    });
}

type GivenRow = SQLiteInsertValue<typeof runs>;

/** A row as the write of one that costs nothing is handed it: every column that `toRow` fills, once. */
const given = {
  workspace_id: sql.placeholder("workspace_id"),
  id: sql.placeholder("id"),
  worker_id: sql.placeholder("worker_id"),
  worker_name: sql.placeholder("worker_name"),
  worker_title: sql.placeholder("worker_title"),
  version: sql.placeholder("version"),
  action: sql.placeholder("action"),
  status: sql.placeholder("status"),
  trigger_source: sql.placeholder("trigger_source"),
  created_at: sql.placeholder("created_at"),
  started_at: sql.placeholder("started_at"),
  completed_at: sql.placeholder("completed_at"),
  duration_ms: sql.placeholder("duration_ms"),
  error: sql.placeholder("error"),
  error_code: sql.placeholder("error_code"),
  error_kind: sql.placeholder("error_kind"),
  attempt: sql.placeholder("attempt"),
  event_seq: sql.placeholder("event_seq"),
};

type FilledRow = Required<Pick<typeof runs.$inferInsert, keyof typeof given>>;

/** What a later event of a run may say otherwise than an earlier one. */
const changes = [
  "status",
  "started_at",
  "completed_at",
  "duration_ms",
  "error",
  "error_code",
  "error_kind",
  "attempt",
] as const satisfies readonly (keyof FilledRow)[];

/** Twice a run. */
const plainWrite = prepareOnce((db) => upsert(db, { row: given, changing: changes }).prepare());

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

function toRow(place: Omit<RowPlace, "spend">, run: RunSummary): FilledRow {
  const worker = fromWireWorker(run);
  return {
    workspace_id: place.workspaceId,
    id: run.id,
    worker_id: place.workerId,
    worker_name: worker.name,
    worker_title: worker.title,
    version: run.version,
    action: run.action,
    status: run.status,
    trigger_source: run.trigger_source,
    created_at: Date.parse(run.created_at),
    started_at: epoch(run.started_at),
    completed_at: epoch(run.completed_at),
    duration_ms: run.duration_ms,
    error: run.error,
    error_code: run.error_code,
    error_kind: run.status === "failed" ? failureKindOf(run.error_code) : null,
    attempt: run.attempt,
    event_seq: place.eventSeq,
  };
}

/** Adds the rows of runs that have none yet, in one call; what a run's own object wrote stays. Answers the rows written. */
export async function addRunRows(
  db: Db,
  added: readonly (Pick<RowPlace, "workspaceId" | "workerId"> & { summary: RunSummary })[],
): Promise<number> {
  const [first, ...rest] = added.map((one) =>
    db
      .insert(runs)
      .values(toRow({ ...one, eventSeq: FIRST_EVENT_SEQ }, one.summary))
      .onConflictDoNothing({ target: [runs.workspace_id, runs.id] }),
  );
  if (first === undefined) return 0;
  const results = await db.batch([first, ...rest]);
  return results.reduce((rows, { meta }) => rows + meta.rows_written, 0);
}
