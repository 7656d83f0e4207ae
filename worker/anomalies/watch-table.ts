import * as z from "zod";
import { anomalyKindSchema } from "#contract/anomalies/anomaly";
import { migrateTables } from "../platform/objects/object-migrations.ts";
import { defineDocument } from "../platform/objects/stored-document.ts";
import type { Anomaly, Baseline } from "./find-anomalies.ts";

const anomalyDocument = defineDocument<Anomaly>(
  "anomaly",
  z.object({
    kind: anomalyKindSchema,
    workspace_id: z.string(),
    worker: z.object({ id: z.string(), name: z.string() }),
    run_id: z.string(),
    tool: z.string().nullable(),
    subject: z.string(),
    cause: z.string(),
    at: z.number(),
    message: z.string(),
  }),
);

/** The forms its tables have had; see migrateTables. */
const steps = [
  `CREATE TABLE IF NOT EXISTS watched_workers (worker_id TEXT PRIMARY KEY, calls INTEGER NOT NULL, denials INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS watched_tools (worker_id TEXT NOT NULL, tool TEXT NOT NULL, PRIMARY KEY (worker_id, tool)) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS told_anomalies (worker_id TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (worker_id, kind, subject)) WITHOUT ROWID;
   CREATE TABLE IF NOT EXISTS found_anomalies (number INTEGER PRIMARY KEY, anomaly TEXT NOT NULL);`,
];

/**
 * What the watch over a workspace's calls remembers. A call writes nothing once its worker has made many, and was not refused.
 *   watched_workers(worker_id, calls, denials)     calls until the warm-up is over, refusals since the last call that was made
 *   watched_tools(worker_id, tool)                 what a worker has used
 *   told_anomalies(worker_id, kind, subject, at)   when the same was told of last
 *   found_anomalies(number, anomaly)               what was found and not acted on yet
 */
export class WatchTable {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    migrateTables(sql, "watch", steps);
  }

  /** Whether anything was ever watched. */
  static isIn(sql: SqlStorage): boolean {
    return sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'found_anomalies'").toArray().length > 0;
  }

  baseline(workerId: string, tool: string): Baseline {
    const [known] = this.#sql
      .exec<{ calls: number; denials: number }>(
        "SELECT calls, denials FROM watched_workers WHERE worker_id = ?",
        workerId,
      )
      .toArray();
    const tools = this.#sql
      .exec("SELECT 1 FROM watched_tools WHERE worker_id = ? AND tool = ?", workerId, tool)
      .toArray();
    return { calls: known?.calls ?? 0, denials: known?.denials ?? 0, knowsTool: tools.length > 0 };
  }

  /** Writes what has changed of a baseline. */
  learn(of: { workerId: string; tool: string }, before: Baseline, after: Baseline): void {
    const { workerId, tool } = of;
    if (after.calls !== before.calls || after.denials !== before.denials) {
      this.#write(
        "INSERT OR REPLACE INTO watched_workers (worker_id, calls, denials) VALUES (?, ?, ?)",
        workerId,
        after.calls,
        after.denials,
      );
    }
    if (after.knowsTool && !before.knowsTool)
      this.#write("INSERT OR IGNORE INTO watched_tools (worker_id, tool) VALUES (?, ?)", workerId, tool);
  }

  /** Keeps an anomaly to be acted on, unless the same was told of within `quietMs`; answers whether it is kept. */
  keep(anomaly: Anomaly, { now, quietMs }: { now: number; quietMs: number }): boolean {
    const { worker, kind, subject } = anomaly;
    const [told] = this.#sql
      .exec<{ at: number }>(
        "SELECT at FROM told_anomalies WHERE worker_id = ? AND kind = ? AND subject = ?",
        worker.id,
        kind,
        subject,
      )
      .toArray();
    if (told !== undefined && told.at > now - quietMs) return false;
    this.#write(
      "INSERT OR REPLACE INTO told_anomalies (worker_id, kind, subject, at) VALUES (?, ?, ?, ?)",
      worker.id,
      kind,
      subject,
      now,
    );
    this.#write(
      "INSERT INTO found_anomalies (anomaly) VALUES (?)",
      JSON.stringify(anomalyDocument.write(anomaly)),
    );
    return true;
  }

  /** What waits to be acted on, oldest first. */
  waiting(limit: number): { number: number; anomaly: Anomaly }[] {
    return this.#sql
      .exec<{ number: number; anomaly: string }>(
        "SELECT number, anomaly FROM found_anomalies ORDER BY number LIMIT ?",
        limit,
      )
      .toArray()
      .map(({ number, anomaly }) => ({ number, anomaly: anomalyDocument.readText(anomaly) }));
  }

  done(number: number): void {
    this.#write("DELETE FROM found_anomalies WHERE number = ?", number);
  }

  #write(query: string, ...values: SqlStorageValue[]): void {
    this.#sql.exec(query, ...values).toArray();
  }
}
