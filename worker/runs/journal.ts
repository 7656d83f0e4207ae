import type { Artifact } from "#contract/run";
import type { RunEvent } from "#contract/run-event";
import type { RunnerResult } from "#contract/runner";
import type { RunState } from "./run-state.ts";
import type { RunSpec } from "./run-spec.ts";

/**
 * A run's memory: two tables of its Durable Object.
 *   run(id = 1, spec, state, milestones)   one row: the frozen spec, the lifecycle's state, the events we made ourselves
 *   journal(...)                           one row per accepted part of the runner's journal
 * Rows are money: a short run writes `run` three times and `journal` once.
 */
export interface RunRecord {
  spec: RunSpec;
  state: RunState;
  milestones: RunEvent[];
  archived: boolean;
}

export interface JournalRow {
  attempt: number;
  seq_from: number;
  seq_to: number;
  /** Where the attempt's journal stands after this row, in bytes. */
  end_offset: number;
  events: RunEvent[];
  artifacts: Artifact[];
  result: RunnerResult | null;
  progress: { percent: number | null; message: string | null } | null;
}

/** What is known of the current attempt from its journal rows. */
export interface JournalSummary {
  last_seq: number;
  offset: number;
  bytes: number;
  artifacts: Artifact[];
  result: RunnerResult | null;
  progress: JournalRow["progress"];
}

/** Rows that answer for the end of the log. */
const TAIL_ROWS = 3;

/** Counts what the object writes: the row budget is tested with it and reported when a run ends. */
export interface RowMeter {
  rows: number;
}

/** The tables of one run. Opening it creates them; once they are there that writes nothing. */
export class Journal {
  readonly #sql: SqlStorage;
  readonly #meter: RowMeter;

  constructor(sql: SqlStorage, meter: RowMeter) {
    this.#sql = sql;
    this.#meter = meter;
    this.#write(
      `CREATE TABLE IF NOT EXISTS run (id INTEGER PRIMARY KEY, spec TEXT NOT NULL, state TEXT NOT NULL, milestones TEXT NOT NULL, archived INTEGER NOT NULL DEFAULT 0)`,
    );
    this.#write(
      `CREATE TABLE IF NOT EXISTS journal (seq_from INTEGER PRIMARY KEY, seq_to INTEGER NOT NULL, attempt INTEGER NOT NULL, end_offset INTEGER NOT NULL, events TEXT NOT NULL, artifacts TEXT, result TEXT, progress TEXT)`,
    );
  }

  #write(query: string, ...values: SqlStorageValue[]): void {
    const cursor = this.#sql.exec(query, ...values);
    cursor.toArray();
    this.#meter.rows += cursor.rowsWritten;
  }

  load(): RunRecord | null {
    const [row] = this.#sql
      .exec<{ spec: string; state: string; milestones: string; archived: number }>("SELECT * FROM run")
      .toArray();
    if (!row) return null;
    return {
      spec: JSON.parse(row.spec) as RunSpec,
      state: JSON.parse(row.state) as RunState,
      milestones: JSON.parse(row.milestones) as RunEvent[],
      archived: row.archived === 1,
    };
  }

  create(record: RunRecord): void {
    this.#write(
      "INSERT INTO run (id, spec, state, milestones) VALUES (1, ?, ?, ?)",
      JSON.stringify(record.spec),
      JSON.stringify(record.state),
      JSON.stringify(record.milestones),
    );
  }

  save(record: RunRecord): void {
    this.#write(
      "UPDATE run SET state = ?, milestones = ?, archived = ? WHERE id = 1",
      JSON.stringify(record.state),
      JSON.stringify(record.milestones),
      record.archived ? 1 : 0,
    );
  }

  append(row: JournalRow): void {
    this.#write(
      "INSERT INTO journal (seq_from, seq_to, attempt, end_offset, events, artifacts, result, progress) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      row.seq_from,
      row.seq_to,
      row.attempt,
      row.end_offset,
      JSON.stringify(row.events),
      row.artifacts.length > 0 ? JSON.stringify(row.artifacts) : null,
      row.result ? JSON.stringify(row.result) : null,
      row.progress ? JSON.stringify(row.progress) : null,
    );
  }

  /** What the rows of `attempt` say, and the last event number of all rows. */
  summarize(attempt: number): JournalSummary {
    const [last] = this.#sql.exec<{ seq: number | null }>("SELECT max(seq_to) AS seq FROM journal").toArray();
    const rows = this.#sql
      .exec<{ end_offset: number; artifacts: string | null; result: string | null; progress: string | null }>(
        "SELECT end_offset, artifacts, result, progress FROM journal WHERE attempt = ? ORDER BY seq_from",
        attempt,
      )
      .toArray();
    const summary: JournalSummary = {
      last_seq: last?.seq ?? 0,
      offset: 0,
      bytes: 0,
      artifacts: [],
      result: null,
      progress: null,
    };
    for (const row of rows) {
      summary.offset = Math.max(summary.offset, row.end_offset);
      if (row.artifacts) summary.artifacts.push(...(JSON.parse(row.artifacts) as Artifact[]));
      if (row.result) summary.result = JSON.parse(row.result) as RunnerResult;
      if (row.progress) summary.progress = JSON.parse(row.progress) as JournalRow["progress"];
    }
    summary.bytes = summary.offset;
    return summary;
  }

  /** Events after `after` in order, from whole rows, until at least `limit` lines of events are there. */
  eventsAfter(after: number, limit: number): { events: RunEvent[]; more: boolean } {
    const cursor = this.#sql.exec<{ events: string }>(
      "SELECT events FROM journal WHERE seq_to > ? ORDER BY seq_from",
      after,
    );
    const events: RunEvent[] = [];
    for (const row of cursor) {
      if (events.length >= limit) return { events, more: true };
      events.push(...(JSON.parse(row.events) as RunEvent[]).filter((event) => event.seq > after));
    }
    return { events, more: false };
  }

  /** The newest events, some hundred lines of them; they stay here when the rest is archived. */
  tail(): RunEvent[] {
    const rows = this.#sql
      .exec<{ events: string }>("SELECT events FROM journal ORDER BY seq_from DESC LIMIT ?", TAIL_ROWS)
      .toArray();
    return rows.reverse().flatMap((row) => JSON.parse(row.events) as RunEvent[]);
  }

  /** Bytes of events kept here. */
  size(): number {
    const [row] = this.#sql
      .exec<{ size: number | null }>("SELECT sum(length(events)) AS size FROM journal")
      .toArray();
    return row?.size ?? 0;
  }

  /** Lets go of archived events but the newest; what they amount to (artifacts, result) stays. */
  dropEvents(): void {
    this.#write(
      "UPDATE journal SET events = '[]' WHERE seq_from NOT IN (SELECT seq_from FROM journal ORDER BY seq_from DESC LIMIT ?)",
      TAIL_ROWS,
    );
  }
}
