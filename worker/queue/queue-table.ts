import type { RunId } from "#contract/ids";
import { migrateTables } from "../platform/objects/object-migrations.ts";
import type { Places, QueueEntry } from "./admission.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import type { DocumentKind } from "../platform/objects/stored-document.ts";
import type { QueuedRun } from "./queue-api.ts";

export interface KnownKey {
  run_id: RunId;
  digest: string;
  expires_at: number;
}

/** The durable side of a worker's queue: each call is one write, or one read. */
export interface QueueTable<Run extends QueuedRun> {
  /** Every entry, oldest first. */
  load(): { entries: QueueEntry[]; places: Places; paused: boolean };
  insert(entry: QueueEntry, places: Places, run: Run): void;
  markStarted(seq: number): void;
  markSuperseded(seq: number): void;
  remove(runId: string): void;
  findRun(seq: number): Run | undefined;
  findKey(key: string): KnownKey | undefined;
  putKey(key: string, known: KnownKey): void;
  forgetKeys(expiredAt: number): void;
  setPaused(paused: boolean): void;
}

type QueueRow = Omit<QueueEntry, "started" | "superseded"> & {
  started: number;
  superseded: number;
  key_limit: number;
  total: number;
};

const noPlaces: Places = { limit: 1, total: 1 };

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS queued_runs (seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, key TEXT NOT NULL, priority TEXT NOT NULL, arrived_at INTEGER NOT NULL, started INTEGER NOT NULL, superseded INTEGER NOT NULL, key_limit INTEGER NOT NULL, total INTEGER NOT NULL, spec TEXT NOT NULL);
     CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, digest TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
     CREATE TABLE IF NOT EXISTS pause (one INTEGER PRIMARY KEY);`,
];

/**
 *   queued_runs(seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec)   admitted, not ended
 *   keys(key, run_id, digest, expires_at)   idempotency keys of the last day
 *   pause(one)                              one row while the worker is paused
 * No index: a run may cost its queue three rows. A run is kept as the JSON of its document.
 */
export function createQueueTable<Run extends QueuedRun>(
  { sql, write }: Pick<PartTools, "sql" | "write">,
  runs: DocumentKind<Run>,
): QueueTable<Run> {
  migrateTables(sql, "queue", steps);
  return {
    load() {
      const rows = sql
        .exec<QueueRow>(
          "SELECT seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total FROM queued_runs ORDER BY seq",
        )
        .toArray();
      const newest = rows.at(-1);
      return {
        entries: rows.map(({ key_limit: _limit, total: _total, ...row }) => ({
          ...row,
          started: row.started === 1,
          superseded: row.superseded === 1,
        })),
        places: newest ? { limit: newest.key_limit, total: newest.total } : noPlaces,
        paused: sql.exec("SELECT one FROM pause").toArray().length > 0,
      };
    },
    insert(entry, { limit, total }, run) {
      write(
        "INSERT INTO queued_runs (seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
        entry.seq,
        entry.run_id,
        entry.key,
        entry.priority,
        entry.arrived_at,
        entry.started ? 1 : 0,
        limit,
        total,
        JSON.stringify(runs.write(run)),
      );
    },
    markStarted: (seq) => write("UPDATE queued_runs SET started = 1 WHERE seq = ?", seq),
    markSuperseded: (seq) => write("UPDATE queued_runs SET superseded = 1 WHERE seq = ?", seq),
    remove: (runId) => write("DELETE FROM queued_runs WHERE run_id = ?", runId),
    findRun(seq) {
      const [row] = sql.exec<{ spec: string }>("SELECT spec FROM queued_runs WHERE seq = ?", seq).toArray();
      return row && runs.readText(row.spec);
    },
    findKey: (key) =>
      sql
        .exec<{
          run_id: RunId;
          digest: string;
          expires_at: number;
        }>("SELECT run_id, digest, expires_at FROM keys WHERE key = ?", key)
        .toArray()[0],
    putKey: (key, known) =>
      write(
        "INSERT OR REPLACE INTO keys (key, run_id, digest, expires_at) VALUES (?, ?, ?, ?)",
        key,
        known.run_id,
        known.digest,
        known.expires_at,
      ),
    forgetKeys: (expiredAt) => write("DELETE FROM keys WHERE expires_at <= ?", expiredAt),
    setPaused: (paused) =>
      paused ? write("INSERT OR IGNORE INTO pause (one) VALUES (1)") : write("DELETE FROM pause"),
  };
}
