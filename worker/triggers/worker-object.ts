import { DurableObject } from "cloudflare:workers";
import { limits } from "#contract/limits";
import { describeError, log } from "../platform/log.ts";
import { readBindings, type EdgeEnv } from "../env.ts";
import { runObjectStub } from "../objects.ts";
import type { AdmitReply, AdmitRequest, RunSpec, WorkerObjectApi } from "../runs/service.ts";
import { admit, checkKey, dueToStart, type QueueEntry } from "./admission.ts";

const HANDOVER_RETRY_MS = 2000;
const SWEEP_MS = 300_000;

type QueueRow = { seq: number; run_id: string; started: number; concurrency: number; spec: string };
type KeyRow = { run_id: string; digest: string; expires_at: number };

/**
 * One per worker: its admission queue. Owns the order of its runs and the idempotency keys; never runs anything.
 * A run stays in `queue` from admission until its RunObject reports its end, so that a handover which got lost is
 * repeated by the alarm; `handed_over` in memory only saves needless repeats.
 */
export class WorkerObject extends DurableObject<EdgeEnv> implements WorkerObjectApi {
  readonly #sql: SqlStorage;
  readonly #handedOver = new Set<string>();
  #alarmAt: number | null = null;
  #rows = 0;

  constructor(ctx: DurableObjectState, env: EdgeEnv) {
    super(ctx, env);
    this.#sql = ctx.storage.sql;
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS queue (seq INTEGER PRIMARY KEY, run_id TEXT NOT NULL, started INTEGER NOT NULL, concurrency INTEGER NOT NULL, spec TEXT NOT NULL);
       CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, run_id TEXT NOT NULL, digest TEXT NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;`,
    );
  }

  #write(query: string, ...values: SqlStorageValue[]): void {
    const cursor = this.#sql.exec(query, ...values);
    cursor.toArray();
    this.#rows += cursor.rowsWritten;
  }

  #entries(): QueueEntry[] {
    return this.#sql
      .exec<{ seq: number; run_id: string; started: number }>(
        "SELECT seq, run_id, started FROM queue ORDER BY seq",
      )
      .toArray()
      .map((row) => ({ ...row, started: row.started === 1 }));
  }

  #counts(): { started: number; waiting: number } {
    const [row] = this.#sql
      .exec<{ started: number | null; total: number }>(
        "SELECT sum(started) AS started, count(*) AS total FROM queue",
      )
      .toArray();
    const started = row?.started ?? 0;
    return { started, waiting: (row?.total ?? 0) - started };
  }

  admit(request: AdmitRequest): Promise<AdmitReply> {
    return Promise.resolve(this.#admit(request));
  }

  #admit({ spec, idempotency, concurrency }: AdmitRequest): AdmitReply {
    const now = Date.now();
    if (idempotency) {
      const [known] = this.#sql
        .exec<KeyRow>("SELECT run_id, digest, expires_at FROM keys WHERE key = ?", idempotency.key)
        .toArray();
      const use = checkKey(known, { digest: idempotency.digest, now });
      if (use.kind !== "new") return use;
    }
    const decision = admit(this.#counts(), { concurrency, depth: limits.queue_runs.value });
    if (decision.kind === "full") return decision;
    const started = decision.kind === "start";
    this.#write(
      "INSERT INTO queue (run_id, started, concurrency, spec) VALUES (?, ?, ?, ?)",
      spec.run_id,
      started ? 1 : 0,
      concurrency,
      JSON.stringify(spec),
    );
    if (idempotency) this.#remember(idempotency, spec.run_id, now);
    this.#arm(now + HANDOVER_RETRY_MS);
    this.ctx.waitUntil(this.#handOver(spec, started));
    return { kind: "admitted", run_id: spec.run_id, started };
  }

  #remember(idempotency: { key: string; digest: string }, runId: string, now: number): void {
    this.#write(
      "INSERT OR REPLACE INTO keys (key, run_id, digest, expires_at) VALUES (?, ?, ?, ?)",
      idempotency.key,
      runId,
      idempotency.digest,
      now + limits.idempotency_seconds.value * 1000,
    );
  }

  /** Gives a run to its own object. The message leaves only once the rows above are durable (the output gate). */
  async #handOver(spec: RunSpec, go: boolean): Promise<void> {
    try {
      const { ended } = await runObjectStub(readBindings(this.env).runs, spec.run_id).accept(spec, go);
      if (ended) await this.release(spec.run_id);
      else this.#handedOver.add(`${spec.run_id}:${go}`);
    } catch (error) {
      log("warn", "queue.handover_failed", { run_id: spec.run_id, error: describeError(error) });
      this.#arm(Date.now() + HANDOVER_RETRY_MS);
    }
  }

  release(runId: string): Promise<void> {
    this.#write("DELETE FROM queue WHERE run_id = ?", runId);
    this.#handedOver.delete(`${runId}:true`);
    this.#handedOver.delete(`${runId}:false`);
    return this.nudge();
  }

  nudge(): Promise<void> {
    if (this.#counts().waiting > 0) this.#startDue();
    return Promise.resolve();
  }

  #startDue(): void {
    const [newest] = this.#sql
      .exec<{ concurrency: number }>("SELECT concurrency FROM queue ORDER BY seq DESC LIMIT 1")
      .toArray();
    for (const entry of dueToStart(this.#entries(), newest?.concurrency ?? 1)) {
      this.#write("UPDATE queue SET started = 1 WHERE seq = ?", entry.seq);
      const [row] = this.#sql.exec<QueueRow>("SELECT * FROM queue WHERE seq = ?", entry.seq).toArray();
      if (row) this.ctx.waitUntil(this.#handOver(JSON.parse(row.spec) as RunSpec, true));
    }
  }

  queuePosition(runId: string): Promise<number | null> {
    const waiting = this.#entries().filter((entry) => !entry.started);
    const index = waiting.findIndex((entry) => entry.run_id === runId);
    return Promise.resolve(index < 0 ? null : index + 1);
  }

  #arm(at: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= at && this.#alarmAt > Date.now()) return;
    this.#alarmAt = at;
    this.#rows += 1;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(at));
  }

  /** What the object has written since it was loaded; the row budget is tested with it. */
  meter(): Promise<{ rows: number }> {
    return Promise.resolve({ rows: this.#rows });
  }

  /** Repeats what may have been lost: handovers, starts that became possible, keys that have expired. */
  override async alarm(): Promise<void> {
    this.#alarmAt = null;
    this.#startDue();
    const rows = this.#sql.exec<QueueRow>("SELECT * FROM queue ORDER BY seq").toArray();
    const lost = rows.filter((row) => !this.#handedOver.has(`${row.run_id}:${row.started === 1}`));
    for (const row of lost) await this.#handOver(JSON.parse(row.spec) as RunSpec, row.started === 1);
    this.#write("DELETE FROM keys WHERE expires_at <= ?", Date.now());
    // The sweep forgets what it knows, so that a run whose end was never reported is asked again.
    this.#handedOver.clear();
    const left = this.#counts();
    if (left.started + left.waiting > 0) this.#arm(Date.now() + SWEEP_MS);
  }
}
