import { limits } from "#contract/limits";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { AdmitReply, AdmitRequest, RunSpec } from "../runs/service.ts";
import { admit, checkKey, dueToStart, type QueueEntry } from "./admission.ts";
import type { ObjectPart, PartTools } from "./object-part.ts";

const HANDOVER_RETRY_MS = 2000;
const SWEEP_MS = 300_000;

type QueueRow = { seq: number; run_id: string; started: number; concurrency: number; spec: string };
type KeyRow = { run_id: string; digest: string; expires_at: number };

export interface RunQueueDeps extends PartTools {
  clock: Clock;
  /** Gives a run to its own object; `ended` says that it needs its place no more. */
  handOver: (spec: RunSpec, go: boolean) => Promise<{ ended: boolean }>;
}

/**
 * A worker's queue. A run stays in it from admission until its RunObject reports its end, so that a handover which got
 * lost is repeated by the alarm; what has been handed over is remembered in memory only, to save needless repeats.
 *   queue(seq, run_id, started, concurrency, spec)   admitted and not ended
 *   keys(key, run_id, digest, expires_at)            idempotency keys of the last day
 */
export class RunQueue implements ObjectPart {
  readonly #deps: RunQueueDeps;
  readonly #handedOver = new Set<string>();
  #wakeAt: number | null = null;

  constructor(deps: RunQueueDeps) {
    this.#deps = deps;
    deps.sql.exec(
      `CREATE TABLE IF NOT EXISTS queue (seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, started INTEGER NOT NULL, concurrency INTEGER NOT NULL, spec TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, digest TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;`,
    );
    if (this.#counts().total > 0) this.#wakeAt = deps.clock() + HANDOVER_RETRY_MS;
  }

  #entries(): QueueEntry[] {
    return this.#deps.sql
      .exec<{
        seq: number;
        run_id: string;
        started: number;
      }>("SELECT seq, run_id, started FROM queue ORDER BY seq")
      .toArray()
      .map((row) => ({ ...row, started: row.started === 1 }));
  }

  #counts(): { started: number; waiting: number; total: number } {
    const [row] = this.#deps.sql
      .exec<{ started: number | null; total: number }>(
        "SELECT sum(started) AS started, count(*) AS total FROM queue",
      )
      .toArray();
    const started = row?.started ?? 0;
    const total = row?.total ?? 0;
    return { started, waiting: total - started, total };
  }

  admit({ spec, idempotency, concurrency }: AdmitRequest): AdmitReply {
    const now = this.#deps.clock();
    const use = idempotency ? this.#checkKey(idempotency, now) : null;
    if (use && use.kind !== "new") return use;
    const decision = admit(this.#counts(), { concurrency, depth: limits.queue_runs.value });
    if (decision.kind === "full") return decision;
    const started = decision.kind === "start";
    this.#deps.write(
      "INSERT INTO queue (run_id, started, concurrency, spec) VALUES (?, ?, ?, ?)",
      spec.run_id,
      started ? 1 : 0,
      concurrency,
      JSON.stringify(spec),
    );
    if (idempotency) this.#remember(idempotency, spec.run_id, now);
    this.#wakeAt ??= now + HANDOVER_RETRY_MS;
    this.#deps.rearm();
    this.#deps.waitUntil(this.#handOver(spec, started));
    return { kind: "admitted", run_id: spec.run_id, started };
  }

  #checkKey(idempotency: { key: string; digest: string }, now: number) {
    const [known] = this.#deps.sql
      .exec<KeyRow>("SELECT run_id, digest, expires_at FROM keys WHERE key = ?", idempotency.key)
      .toArray();
    return checkKey(known, { digest: idempotency.digest, now });
  }

  #remember(idempotency: { key: string; digest: string }, runId: string, now: number): void {
    this.#deps.write(
      "INSERT OR REPLACE INTO keys (key, run_id, digest, expires_at) VALUES (?, ?, ?, ?)",
      idempotency.key,
      runId,
      idempotency.digest,
      now + limits.idempotency_seconds.value * 1000,
    );
  }

  /** The message leaves only once the rows of admission are durable: that is the object's output gate. */
  async #handOver(spec: RunSpec, go: boolean): Promise<void> {
    try {
      const { ended } = await this.#deps.handOver(spec, go);
      if (ended) this.release(spec.run_id);
      else this.#handedOver.add(`${spec.run_id}:${go}`);
    } catch (error) {
      log("warn", "queue.handover_failed", { run_id: spec.run_id, error: describeError(error) });
      this.#wakeAt = this.#deps.clock() + HANDOVER_RETRY_MS;
      this.#deps.rearm();
    }
  }

  /** A run has ended: its place is free. A repeat changes nothing. */
  release(runId: string): void {
    this.#deps.write("DELETE FROM queue WHERE run_id = ?", runId);
    this.#handedOver.delete(`${runId}:true`);
    this.#handedOver.delete(`${runId}:false`);
    this.startDue();
  }

  /** Starts the runs whose turn it is. */
  startDue(): void {
    if (this.#counts().waiting === 0) return;
    const [newest] = this.#deps.sql
      .exec<{ concurrency: number }>("SELECT concurrency FROM queue ORDER BY seq DESC LIMIT 1")
      .toArray();
    for (const entry of dueToStart(this.#entries(), newest?.concurrency ?? 1)) {
      this.#deps.write("UPDATE queue SET started = 1 WHERE seq = ?", entry.seq);
      const [row] = this.#deps.sql.exec<QueueRow>("SELECT * FROM queue WHERE seq = ?", entry.seq).toArray();
      if (row) this.#deps.waitUntil(this.#handOver(JSON.parse(row.spec) as RunSpec, true));
    }
  }

  /** 1 for the next to start; null when the run does not wait here. */
  position(runId: string): number | null {
    const waiting = this.#entries().filter((entry) => !entry.started);
    const index = waiting.findIndex((entry) => entry.run_id === runId);
    return index < 0 ? null : index + 1;
  }

  nextWake(): number | null {
    return this.#wakeAt;
  }

  /** Repeats what may have been lost: handovers, starts that became possible, keys that have expired. */
  async wake(now: number): Promise<void> {
    this.#wakeAt = null;
    this.startDue();
    const rows = this.#deps.sql.exec<QueueRow>("SELECT * FROM queue ORDER BY seq").toArray();
    const lost = rows.filter((row) => !this.#handedOver.has(`${row.run_id}:${row.started === 1}`));
    for (const row of lost) await this.#handOver(JSON.parse(row.spec) as RunSpec, row.started === 1);
    this.#deps.write("DELETE FROM keys WHERE expires_at <= ?", now);
    // The sweep forgets what it knows, so that a run whose end was never reported is asked again.
    this.#handedOver.clear();
    if (this.#counts().total > 0) this.#wakeAt ??= now + SWEEP_MS;
  }
}
