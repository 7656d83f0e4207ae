import type { TriggerId } from "#contract/ids";
import { migrateTables } from "../platform/objects/object-migrations.ts";
import { limits } from "#contract/limits";
import type { PartTools } from "../platform/objects/object-part.ts";
import { scheduleEntryDocument } from "./schedule-api.ts";
import type { OccurrenceRecord, ScheduleEntry } from "./schedule-api.ts";

/** A time that has come and whose run has not been taken in yet. */
export interface DueRow {
  trigger_id: TriggerId;
  due_at: number;
  tries: number;
  retry_at: number;
  /** An alert has been raised for it. */
  alerted: number;
}

export interface ScheduleRow {
  entry: ScheduleEntry;
  nextAt: number | null;
}

/** A change of the worker's triggers that has been announced and not been settled. */
export interface Expectation {
  worker_id: string;
  settle_at: number | null;
  /** Counts announcements, so that settling an earlier one does not cancel a later one. */
  generation: number;
}

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS schedules (trigger_id TEXT PRIMARY KEY, entry TEXT NOT NULL, next_at INTEGER) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS due (trigger_id TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL, retry_at INTEGER NOT NULL, alerted INTEGER NOT NULL, PRIMARY KEY (trigger_id, due_at)) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS occurrences (trigger_id TEXT NOT NULL, due_at INTEGER NOT NULL, status TEXT NOT NULL, run_id TEXT, started_at INTEGER, code TEXT, reason TEXT, PRIMARY KEY (trigger_id, due_at)) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS expectation (id INTEGER PRIMARY KEY, worker_id TEXT NOT NULL, api_url TEXT NOT NULL, settle_at INTEGER, generation INTEGER NOT NULL);`,
];

/**
 * What a worker's object remembers of its schedules.
 *   schedules(trigger_id, entry, next_at)   one row per schedule; `next_at` is the first time not dealt with
 *   due(trigger_id, due_at, ...)            times that have come and are being started
 *   occurrences(trigger_id, due_at, ...)    what became of the newest times
 *   expectation(worker_id, ...)             one row: whose object this is, and when to settle its triggers
 */
export class ScheduleTable {
  readonly #sql: SqlStorage;
  readonly #write: PartTools["write"];

  constructor(tools: Pick<PartTools, "sql" | "write">) {
    this.#sql = tools.sql;
    this.#write = tools.write;
    migrateTables(tools.sql, "schedules", steps);
  }

  expectation(): Expectation | undefined {
    return this.#sql
      .exec<{ [K in keyof Expectation]: Expectation[K] }>(
        "SELECT worker_id, settle_at, generation FROM expectation",
      )
      .toArray()[0];
  }

  /** `api_url` is a column that nothing reads: where a run reports is the settings' to say, when it is started. */
  expect(workerId: string, settleAt: number): void {
    this.#write(
      `INSERT INTO expectation (id, worker_id, api_url, settle_at, generation) VALUES (1, ?, '', ?, 1)
       ON CONFLICT (id) DO UPDATE SET worker_id = excluded.worker_id, api_url = '', settle_at = excluded.settle_at, generation = generation + 1`,
      workerId,
      settleAt,
    );
  }

  /** Nothing is expected any more, or again at `settleAt`; not if something new was announced since. */
  settled(generation: number, settleAt: number | null): void {
    this.#write("UPDATE expectation SET settle_at = ? WHERE id = 1 AND generation = ?", settleAt, generation);
  }

  list(): ScheduleRow[] {
    return this.#sql
      .exec<{ entry: string; next_at: number | null }>("SELECT entry, next_at FROM schedules")
      .toArray()
      .map(toSchedule);
  }

  listPassed(now: number): ScheduleRow[] {
    return this.#sql
      .exec<{ entry: string; next_at: number | null }>(
        "SELECT entry, next_at FROM schedules WHERE next_at <= ?",
        now,
      )
      .toArray()
      .map(toSchedule);
  }

  put({ entry, nextAt }: ScheduleRow): void {
    this.#write(
      "INSERT OR REPLACE INTO schedules (trigger_id, entry, next_at) VALUES (?, ?, ?)",
      entry.trigger_id,
      JSON.stringify(scheduleEntryDocument.write(entry)),
      nextAt,
    );
  }

  advance(triggerId: string, nextAt: number | null): void {
    this.#write("UPDATE schedules SET next_at = ? WHERE trigger_id = ?", nextAt, triggerId);
  }

  /** Forgets a schedule and all about it. */
  remove(triggerId: string): void {
    for (const table of ["schedules", "due", "occurrences"])
      this.#write(`DELETE FROM ${table} WHERE trigger_id = ?`, triggerId);
  }

  /** Adds a time to start at, unless it has been dealt with before. */
  addDue(row: DueRow): void {
    this.#write(
      `INSERT OR IGNORE INTO due (trigger_id, due_at, tries, retry_at, alerted)
       SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM occurrences WHERE trigger_id = ?1 AND due_at = ?2)`,
      row.trigger_id,
      row.due_at,
      row.tries,
      row.retry_at,
      row.alerted,
    );
  }

  isDue(row: Pick<DueRow, "trigger_id" | "due_at">): boolean {
    return (
      this.#sql
        .exec("SELECT 1 FROM due WHERE trigger_id = ? AND due_at = ?", row.trigger_id, row.due_at)
        .toArray().length > 0
    );
  }

  /** What is to be started now, in the order of the times. */
  listDue(now: number): { row: DueRow; entry: ScheduleEntry }[] {
    return this.#sql
      .exec<{
        trigger_id: TriggerId;
        due_at: number;
        tries: number;
        retry_at: number;
        alerted: number;
        entry: string;
      }>(
        "SELECT due.*, schedules.entry FROM due JOIN schedules USING (trigger_id) WHERE retry_at <= ? ORDER BY due_at",
        now,
      )
      .toArray()
      .map(({ entry, ...row }) => ({ row, entry: scheduleEntryDocument.readText(entry) }));
  }

  /** When the times of a schedule that wait are tried again; null when none does. */
  retryAt(triggerId: string): number | null {
    const [row] = this.#sql
      .exec<{ at: number | null }>("SELECT max(retry_at) AS at FROM due WHERE trigger_id = ?", triggerId)
      .toArray();
    return row?.at ?? null;
  }

  dueTimesOf(triggerId: string): number[] {
    return this.#sql
      .exec<{ due_at: number }>("SELECT due_at FROM due WHERE trigger_id = ? ORDER BY due_at", triggerId)
      .toArray()
      .map((row) => row.due_at);
  }

  postpone(row: DueRow): void {
    this.#write(
      "UPDATE due SET tries = ?, retry_at = ?, alerted = ? WHERE trigger_id = ? AND due_at = ?",
      row.tries,
      row.retry_at,
      row.alerted,
      row.trigger_id,
      row.due_at,
    );
  }

  /** Writes down what became of a time, and lets go of the oldest ones on record. */
  record(record: OccurrenceRecord): void {
    const { trigger_id, due_at } = record;
    this.#write("DELETE FROM due WHERE trigger_id = ? AND due_at = ?", trigger_id, due_at);
    this.#write(
      "INSERT OR IGNORE INTO occurrences (trigger_id, due_at, status, run_id, started_at, code, reason) VALUES (?, ?, ?, ?, ?, ?, ?)",
      trigger_id,
      due_at,
      record.status,
      record.run_id,
      record.started_at,
      record.code,
      record.reason,
    );
    this.#write(
      `DELETE FROM occurrences WHERE trigger_id = ?1 AND due_at < (SELECT due_at FROM occurrences WHERE trigger_id = ?1 ORDER BY due_at DESC LIMIT 1 OFFSET ?2)`,
      trigger_id,
      limits.occurrences_kept.value - 1,
    );
  }

  /** Lets go of past times from before this, but for each schedule's last. */
  forgetBefore(before: number): void {
    this.#write(
      `DELETE FROM occurrences WHERE due_at < ?1 AND due_at < (SELECT max(due_at) FROM occurrences newest WHERE newest.trigger_id = occurrences.trigger_id)`,
      before,
    );
  }

  /** A schedule's times, newest first: those being started and those on record. */
  occurrences(triggerId: string, limit: number): OccurrenceRecord[] {
    return this.#sql
      .exec<{ [K in keyof OccurrenceRecord]: OccurrenceRecord[K] }>(
        `SELECT trigger_id, due_at, status, run_id, started_at, code, reason FROM occurrences WHERE trigger_id = ?1
         UNION ALL SELECT trigger_id, due_at, 'due', NULL, NULL, NULL, NULL FROM due WHERE trigger_id = ?1
         ORDER BY due_at DESC LIMIT ?2`,
        triggerId,
        limit,
      )
      .toArray();
  }

  /** The earliest time at which anything is to be done; for a schedule's own time, so many milliseconds after it. */
  nextWake(spreadMs: number): number | null {
    const [row] = this.#sql
      .exec<{ at: number | null }>(
        `SELECT min(at) AS at FROM (SELECT min(next_at) + ? AS at FROM schedules UNION ALL SELECT min(retry_at) FROM due UNION ALL SELECT settle_at FROM expectation)`,
        spreadMs,
      )
      .toArray();
    return row?.at ?? null;
  }
}

function toSchedule({ entry, next_at }: { entry: string; next_at: number | null }): ScheduleRow {
  return { entry: scheduleEntryDocument.readText(entry), nextAt: next_at };
}
