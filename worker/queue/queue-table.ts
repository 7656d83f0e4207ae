import type { RunId } from "#contract/ids";
import { migrateTables } from "../platform/objects/object-migrations.ts";
import type { QueueEntry, QueueRule, QueueTerms } from "./admission.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import type { DocumentKind } from "../platform/objects/stored-document.ts";
import type { QueuedRun } from "./queue-api.ts";

export interface KnownKey {
  run_id: RunId;
  digest: string;
  expires_at: number;
}

/** All that a new life of the object reads; the entries oldest first. */
interface LoadedQueue extends QueueTerms {
  entries: QueueEntry[];
  /** Every waiting run up to this number knows that it waits. */
  toldUpTo: number;
  /** How often the objects of runs have thrown or been silent in a row: see RefusalRecord. */
  refusals: ReadonlyMap<string, number>;
}

/** A time in which no patience was spent; `until` is null while it lasts. */
export interface Pause {
  since: number;
  until: number | null;
}

/** The durable side of a worker's queue: each call is one write, or one read. */
export interface QueueTable<Run extends QueuedRun> {
  load(): LoadedQueue;
  /** With the key it came with, if it did. */
  insert(entry: QueueEntry, run: Run, idempotency?: { name: string; known: KnownKey } | null): void;
  /** `at`: epoch milliseconds. */
  markStarted(seq: number, at: number): void;
  markSuperseded(seq: number): void;
  /** Its key, if it has one, stays until it expires. */
  remove(entry: QueueEntry): void;
  findRun(seq: number): Run | undefined;
  /** The newest use of a key. That of a run in the queue does not expire. */
  findKey(key: string, now: number): KnownKey | undefined;
  putKey(key: string, known: KnownKey): void;
  forgetKeys(expiredAt: number): void;
  setPaused(paused: boolean): void;
  setThrottled(throttled: boolean): void;
  /** The pauses that those who wait have seen, oldest first. */
  pauses(): Pause[];
  beginPause(since: number): void;
  /** Ends the pause under way, and forgets those that ended before `oldest`. */
  endPause(until: number, oldest: number): void;
  setActive(rule: QueueRule): void;
  setToldUpTo(seq: number): void;
  /** What is to be remembered of it, as in RefusalRecord; 0 forgets it. */
  noteRefusals(runId: string, refusals: number): void;
}

type QueueRow = Omit<QueueEntry, "started" | "superseded" | "own"> & {
  started: number;
  superseded: number;
  key_limit: number;
  total: number;
};

const DAY_MS = 86_400_000;
/** What `started` holds of a run whose place was given before the time of that was written down; else it holds that time. */
const PLACED = 1;

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS queued_runs (seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, key TEXT NOT NULL, priority TEXT NOT NULL, arrived_at INTEGER NOT NULL, started INTEGER NOT NULL, superseded INTEGER NOT NULL, key_limit INTEGER NOT NULL, total INTEGER NOT NULL, spec TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, digest TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE IF NOT EXISTS pause (one INTEGER PRIMARY KEY);`,
  `CREATE TABLE active_rule (one INTEGER PRIMARY KEY, key_limit INTEGER NOT NULL, total INTEGER NOT NULL, on_conflict TEXT NOT NULL);
     CREATE TABLE refused_runs (run_id TEXT PRIMARY KEY, refusals INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE pauses (since INTEGER PRIMARY KEY, until INTEGER);
     CREATE TABLE told (one INTEGER PRIMARY KEY, up_to INTEGER NOT NULL);
     CREATE TABLE keyed_runs (day INTEGER NOT NULL, claim TEXT NOT NULL, digest TEXT NOT NULL, expires_at INTEGER NOT NULL, run_id TEXT NOT NULL, seq INTEGER, key TEXT, priority TEXT, arrived_at INTEGER, started INTEGER, superseded INTEGER, key_limit INTEGER, total INTEGER, spec TEXT, PRIMARY KEY (day, claim)) WITHOUT ROWID;`,
  `CREATE TABLE throttle (one INTEGER PRIMARY KEY);`,
];

/**
 *   queued_runs(seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec)   admitted, not ended
 *   keyed_runs(day, claim, digest, expires_at, run_id, ...)   the same of those with an idempotency key, on day 0; once
 *                                           ended, their keys alone, on the day they expire
 *   keys(key, run_id, digest, expires_at)   idempotency keys of the time before keyed_runs
 *   pause(one)                              one row while the worker is paused
 *   throttle(one)                           one row while the worker makes one run at a time
 *   pauses(since, until)                    when the worker was paused, as far back as somebody waits
 *   active_rule(one, key_limit, total, on_conflict)   what the active version says, once the object has been told
 *   refused_runs(run_id, refusals)          those whose objects throw or are silent, and how often they were: see RefusalRecord
 *   told(one, up_to)                        every waiting run up to this number knows that it waits
 * No index: a run may cost its queue three rows, with a key or without. So a key is not a row of its own, and the row of
 * an ended run moves within its table. A run is kept as the JSON of its document.
 */
export function createQueueTable<Run extends QueuedRun>(
  { sql, write }: Pick<PartTools, "sql" | "write">,
  runs: DocumentKind<Run>,
): QueueTable<Run> {
  migrateTables(sql, "queue", steps);
  const claims = readClaims(sql);
  /** Writes to an entry that is there, in whichever table it is. */
  const change = (seq: number, what: "started" | "superseded", value: number) => {
    const claim = claims.get(seq);
    if (claim === undefined) write(`UPDATE queued_runs SET ${what} = ? WHERE seq = ?`, value, seq);
    else write(`UPDATE keyed_runs SET ${what} = ? WHERE day = 0 AND claim = ?`, value, claim);
  };
  return {
    load: () => loadQueue(sql),
    insert(entry, run, idempotency) {
      const { name, known } = idempotency ?? {};
      if (name !== undefined) claims.set(entry.seq, name);
      const into = name === undefined ? "queued_runs (" : "keyed_runs (day, claim, digest, expires_at, ";
      const claim = name === undefined ? [] : [0, name, known?.digest ?? "", known?.expires_at ?? 0];
      write(
        `INSERT INTO ${into}seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec) VALUES (${"?, ".repeat(claim.length)}?, ?, ?, ?, ?, ?, 0, ?, ?, ?)`,
        ...claim,
        entry.seq,
        entry.run_id,
        entry.key,
        entry.priority,
        entry.arrived_at,
        entry.started ? (entry.placed_at ?? PLACED) : 0,
        entry.own.limit,
        entry.own.total,
        JSON.stringify(runs.write(run)),
      );
    },
    markStarted: (seq, at) => change(seq, "started", at),
    markSuperseded: (seq) => change(seq, "superseded", 1),
    remove({ seq }) {
      const claim = claims.get(seq);
      claims.delete(seq);
      if (claim === undefined) return write("DELETE FROM queued_runs WHERE seq = ?", seq);
      write(
        `UPDATE OR REPLACE keyed_runs SET day = max(1, expires_at / ${DAY_MS}), spec = NULL WHERE day = 0 AND claim = ?`,
        claim,
      );
    },
    findRun(seq) {
      const claim = claims.get(seq);
      const [row] =
        claim === undefined
          ? sql.exec<{ spec: string }>("SELECT spec FROM queued_runs WHERE seq = ?", seq).toArray()
          : sql
              .exec<{ spec: string }>("SELECT spec FROM keyed_runs WHERE day = 0 AND claim = ?", claim)
              .toArray();
      return row && runs.readText(row.spec);
    },
    findKey: (key, now) => findKey(sql, { key, now }),
    putKey: (key, known) =>
      write(
        "INSERT OR REPLACE INTO keyed_runs (day, claim, run_id, digest, expires_at) VALUES (?, ?, ?, ?, ?)",
        Math.max(1, Math.floor(known.expires_at / DAY_MS)),
        key,
        known.run_id,
        known.digest,
        known.expires_at,
      ),
    forgetKeys(expiredAt) {
      write("DELETE FROM keyed_runs WHERE day BETWEEN 1 AND ?", Math.floor(expiredAt / DAY_MS) - 1);
      write("DELETE FROM keys WHERE expires_at <= ?", expiredAt);
    },
    ...keepTerms({ sql, write }),
  };
}

type TermsTable = Pick<
  QueueTable<QueuedRun>,
  | "setPaused"
  | "setThrottled"
  | "pauses"
  | "beginPause"
  | "endPause"
  | "setActive"
  | "noteRefusals"
  | "setToldUpTo"
>;

/** What is written down besides the runs and their keys. */
function keepTerms({ sql, write }: Pick<PartTools, "sql" | "write">): TermsTable {
  return {
    setPaused: (paused) =>
      paused ? write("INSERT OR IGNORE INTO pause (one) VALUES (1)") : write("DELETE FROM pause"),
    setThrottled: (throttled) =>
      throttled ? write("INSERT OR IGNORE INTO throttle (one) VALUES (1)") : write("DELETE FROM throttle"),
    pauses: () =>
      sql
        .exec<{ since: number; until: number | null }>("SELECT since, until FROM pauses ORDER BY since")
        .toArray(),
    beginPause: (since) => write("INSERT OR IGNORE INTO pauses (since, until) VALUES (?, NULL)", since),
    endPause(until, oldest) {
      write("UPDATE pauses SET until = ? WHERE until IS NULL", until);
      write("DELETE FROM pauses WHERE until <= ?", oldest);
    },
    setActive: ({ limit, total, on_conflict }) =>
      write(
        "INSERT OR REPLACE INTO active_rule (one, key_limit, total, on_conflict) VALUES (1, ?, ?, ?)",
        limit,
        total,
        on_conflict,
      ),
    noteRefusals: (runId, refusals) =>
      refusals === 0
        ? write("DELETE FROM refused_runs WHERE run_id = ?", runId)
        : write("INSERT OR REPLACE INTO refused_runs (run_id, refusals) VALUES (?, ?)", runId, refusals),
    setToldUpTo: (seq) => write("INSERT OR REPLACE INTO told (one, up_to) VALUES (1, ?)", seq),
  };
}

/** The keys of the runs that are in the queue, by their numbers. */
function readClaims(sql: SqlStorage): Map<number, string> {
  const rows = sql
    .exec<{ seq: number; claim: string }>("SELECT seq, claim FROM keyed_runs WHERE day = 0")
    .toArray();
  return new Map(rows.map(({ seq, claim }) => [seq, claim]));
}

/** A key is known for as long as its run is in the queue, and then until it expires: today or tomorrow. */
function findKey(sql: SqlStorage, { key, now }: { key: string; now: number }): KnownKey | undefined {
  const today = Math.floor(now / DAY_MS);
  return sql
    .exec<{ run_id: RunId; digest: string; expires_at: number }>(
      `SELECT run_id, digest, CASE day WHEN 0 THEN 9e15 ELSE expires_at END AS expires_at FROM keyed_runs WHERE day IN (0, ?1, ?2) AND claim = ?3
       UNION ALL SELECT run_id, digest, expires_at FROM keys WHERE key = ?3 ORDER BY expires_at DESC LIMIT 1`,
      Math.max(1, today),
      Math.max(1, today + 1),
      key,
    )
    .toArray()[0];
}

function loadQueue(sql: SqlStorage): LoadedQueue {
  const columns = "seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total";
  const rows = sql
    .exec<QueueRow>(
      `SELECT ${columns} FROM queued_runs UNION ALL SELECT ${columns} FROM keyed_runs WHERE day = 0 ORDER BY seq`,
    )
    .toArray();
  const [rule] = sql
    .exec<{ limit: number; total: number; on_conflict: QueueRule["on_conflict"] }>(
      'SELECT key_limit AS "limit", total, on_conflict FROM active_rule',
    )
    .toArray();
  return {
    entries: rows.map(({ key_limit: limit, total, ...row }) => ({
      ...row,
      started: row.started !== 0,
      ...(row.started > PLACED ? { placed_at: row.started } : {}),
      superseded: row.superseded === 1,
      own: { limit, total },
    })),
    active: rule ?? null,
    refusals: new Map(
      sql
        .exec<{ run_id: string; refusals: number }>("SELECT run_id, refusals FROM refused_runs")
        .toArray()
        .map(({ run_id, refusals }) => [run_id, refusals]),
    ),
    toldUpTo: sql.exec<{ up_to: number }>("SELECT up_to FROM told").toArray()[0]?.up_to ?? 0,
    paused: sql.exec("SELECT one FROM pause").toArray().length > 0,
    throttled: sql.exec("SELECT one FROM throttle").toArray().length > 0,
  };
}
