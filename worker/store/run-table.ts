import { limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import type { PartTools } from "../platform/objects/object-part.ts";
import { storeFull } from "./judge-write.ts";
import { answeredDocument, stagedDocument } from "./staged-write.ts";
import type { Answered, StagedWrite } from "./staged-write.ts";
import type { Once, StagedBy } from "./store-api.ts";

/** Longer than any run has a sandbox: what a run left that never came back is dropped then, milliseconds. */
const KEPT_MS = 26 * 3_600_000;

/** How far a run has come with what it writes here: it writes, its writes are to be kept if it succeeds, it is over. */
export type RunStage = "open" | "prepared" | "decided";

export interface RunFence {
  attempt: number;
  launch: number;
  stage: RunStage;
}

export interface KeptWrite {
  seq: number;
  write: StagedWrite;
  value: Uint8Array;
}

type SqlRow = Record<string, SqlStorageValue>;
type FenceRow = SqlRow & { attempt: number; launch: number; stage: string };
type WriteRow = SqlRow & { seq: number; write: string; value: ArrayBuffer };

const readStage = (stage: string): RunStage =>
  stage === "prepared" ? "prepared" : stage === "decided" ? "decided" : "open";

/** What runs have written that is not decided yet, and which of their sandboxes may write. */
export class RunTable {
  readonly #tools: Pick<PartTools, "sql" | "write">;

  constructor(tools: Pick<PartTools, "sql" | "write">) {
    this.#tools = tools;
  }

  fence(runId: string): RunFence | null {
    const query = "SELECT attempt, launch, stage FROM _floom_runs WHERE run_id = ?";
    const [row] = this.#tools.sql.exec<FenceRow>(query, runId).toArray();
    return row === undefined ? null : { ...row, stage: readStage(row.stage) };
  }

  putFence(runId: string, { attempt, launch, stage }: RunFence, now: number): void {
    this.#tools.write(
      "INSERT OR REPLACE INTO _floom_runs (run_id, attempt, launch, stage, until) VALUES (?, ?, ?, ?, ?)",
      runId,
      attempt,
      launch,
      stage,
      now + KEPT_MS,
    );
  }

  /**
   * Lets a sandbox of a run write: what one before it had written is dropped. Throws `stale_attempt` for one that a later
   * one took the place of, and `run_finished` when the run's writes are decided, or are about to be.
   */
  admit({ run_id, attempt, launch }: StagedBy, now: number): void {
    const known = this.fence(run_id);
    const isNewer =
      known === null || attempt > known.attempt || (attempt === known.attempt && launch > known.launch);
    if (known?.stage === "decided" || (known?.stage === "prepared" && !isNewer))
      throw new AppError("run_finished", "The script that this token was made for has ended.");
    if (isNewer) {
      if (known !== null) this.drop(run_id);
      this.putFence(run_id, { attempt, launch, stage: "open" }, now);
    } else if (attempt < known.attempt || launch < known.launch)
      throw new AppError("stale_attempt", "A later attempt of this run writes now.");
  }

  /** The run whose writes are prepared and not decided, if there is one. */
  findPrepared(): string | null {
    const query = "SELECT run_id FROM _floom_runs WHERE stage = 'prepared' LIMIT 1";
    return this.#tools.sql.exec<{ run_id: string }>(query).toArray()[0]?.run_id ?? null;
  }

  add(
    runId: string,
    { write, value, answered }: { write: StagedWrite; value: Uint8Array; answered: Answered },
  ): void {
    const text = JSON.stringify(stagedDocument.write(write));
    const answer = write.once === null ? "" : JSON.stringify(answeredDocument.write(answered));
    const query =
      "SELECT count(*) AS count, coalesce(sum(length(CAST(write AS BLOB)) + length(value) + length(CAST(answer AS BLOB))), 0) AS bytes, coalesce(max(seq), 0) AS seq FROM _floom_staged WHERE run_id = ?";
    const [all] = this.#tools.sql.exec<{ count: number; bytes: number; seq: number }>(query, runId).toArray();
    const { count = 0, bytes = 0, seq = 0 } = all ?? {};
    if (count >= limits.store_staged_writes.value) throw storeFull("store_staged_writes");
    if (bytes + text.length + value.byteLength + answer.length > limits.store_staged_bytes.value)
      throw storeFull("store_staged_bytes");
    const key = write.op === "sql" ? null : write.key;
    this.#tools.write(
      "INSERT INTO _floom_staged (run_id, seq, key, once, write, value, answer) VALUES (?, ?, ?, ?, ?, ?, ?)",
      runId,
      seq + 1,
      key,
      write.once?.key ?? null,
      text,
      value.slice().buffer,
      answer,
    );
  }

  /** What a run has staged, in its order: all of it, or what concerns one key. */
  list(runId: string, key?: string): KeptWrite[] {
    const query =
      "SELECT seq, write, value FROM _floom_staged WHERE run_id = ? AND (? IS NULL OR key = ?) ORDER BY seq";
    return this.#tools.sql
      .exec<WriteRow>(query, runId, key ?? null, key ?? null)
      .toArray()
      .map(({ seq, write, value }) => ({
        seq,
        write: stagedDocument.readText(write),
        value: new Uint8Array(value),
      }));
  }

  /** How a run's staged write under this key was answered; null for none. Throws `idempotency_conflict` for another one. */
  findAnswer(runId: string, once: Once): Answered | null {
    const query = "SELECT write, answer FROM _floom_staged WHERE run_id = ? AND once = ?";
    const [row] = this.#tools.sql.exec<{ write: string; answer: string }>(query, runId, once.key).toArray();
    if (row === undefined) return null;
    requireSame(stagedDocument.readText(row.write).once?.digest ?? "", once);
    return answeredDocument.readText(row.answer);
  }

  drop(runId: string): void {
    this.#tools.write("DELETE FROM _floom_staged WHERE run_id = ?", runId);
  }

  /** Forgets runs that were over long ago. One that is prepared waits for its word, however long. */
  sweep(now: number): void {
    const old = "SELECT run_id FROM _floom_runs WHERE until <= ? AND stage <> 'prepared'";
    this.#tools.write(`DELETE FROM _floom_staged WHERE run_id IN (${old})`, now);
    this.#tools.write("DELETE FROM _floom_runs WHERE until <= ? AND stage <> 'prepared'", now);
  }

  /** When the first of them can be forgotten, epoch milliseconds; null for none. */
  nextSweep(): number | null {
    const query = "SELECT min(until) AS at FROM _floom_runs WHERE stage <> 'prepared'";
    return this.#tools.sql.exec<{ at: number | null }>(query).toArray()[0]?.at ?? null;
  }
}

/** Throws `idempotency_conflict` where a key was used for something else. */
export function requireSame(digest: string, once: Once): void {
  if (digest === once.digest) return;
  throw new AppError(
    "idempotency_conflict",
    "This Idempotency-Key was used within a day for another write of this store.",
  );
}
