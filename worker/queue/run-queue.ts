import type { RunId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import * as admission from "./admission.ts";
import type { Places, QueueEntry } from "./admission.ts";
import type { AdmitReply, AdmitRequest, IdempotencyClaim, QueuedRun, QueueWait } from "./queue-api.ts";
import type { QueueTable } from "./queue-table.ts";

const HANDOVER_RETRY_MS = 2000;
const SWEEP_MS = 300_000;

export interface RunQueueDeps<Run extends QueuedRun> {
  table: QueueTable<Run>;
  /** To be called whenever `nextWake` may have become earlier. */
  rearm: () => void;
  /** Goes on with work behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  clock: Clock;
  /** Gives a run to its own object; `ended` says that it needs its place no more. */
  handOver: (run: Run, go: boolean) => Promise<{ ended: boolean }>;
  /** Ends a run because a newer one took its place; `started` as for `handOver`, should it not know of the run yet. */
  supersede: (run: Run, started: boolean) => Promise<{ ended: boolean }>;
  /** The decisions; tests put wrong ones in to see them found. */
  decide?: Pick<typeof admission, "admit" | "dueToStart">;
}

/**
 * A worker's queue. A run stays in it from admission until its RunObject reports its end, so that a message which got
 * lost is repeated by the alarm; what has been delivered is remembered in memory only, to save needless repeats.
 * The entries are held in memory too, read once from the table, and every change is written before it counts.
 */
export class RunQueue<Run extends QueuedRun> {
  readonly #deps: RunQueueDeps<Run>;
  readonly #decide: Pick<typeof admission, "admit" | "dueToStart">;
  readonly #delivered = new Set<string>();
  #entries: QueueEntry[];
  #places: Places;
  #paused: boolean;
  #wakeAt: number | null = null;
  #sweptAt: number;
  /** Never given out twice in one life of the object: a message under way may still hold an old one. */
  #lastSeq: number;

  constructor(deps: RunQueueDeps<Run>) {
    this.#deps = deps;
    this.#decide = deps.decide ?? admission;
    const { entries, places, paused } = deps.table.load();
    this.#entries = entries;
    this.#places = places;
    this.#paused = paused;
    this.#sweptAt = deps.clock();
    this.#lastSeq = entries.at(-1)?.seq ?? 0;
    if (entries.length > 0) this.#wakeAt = deps.clock() + HANDOVER_RETRY_MS;
  }

  admit({ run, idempotency, concurrency }: AdmitRequest<Run>): AdmitReply {
    const use = idempotency ? this.findByKey(idempotency) : null;
    if (use && use.kind !== "new") return use;
    const newcomer = this.#buildEntry(run, concurrency.key);
    const rule = { ...concurrency, depth: limits.queue_runs.value };
    const decision = this.#decide.admit(this.#entries, newcomer, { rule, paused: this.#paused });
    if (decision.kind === "full") return decision;
    // The key is not used up: it has started nothing, and the run that is there is somebody else's.
    if (decision.kind === "skip") return { kind: "skipped", run_id: decision.run_id };
    const started = decision.kind === "start";
    this.#places = { limit: rule.limit, total: rule.total };
    this.#lastSeq = newcomer.seq;
    this.#deps.table.insert({ ...newcomer, started }, this.#places, run);
    this.#entries = [...this.#entries, { ...newcomer, started }];
    if (idempotency) this.#remember(idempotency, run.run_id);
    for (const runId of decision.supersede) this.#supersede(runId);
    this.#wakeSoon();
    this.#deps.waitUntil(this.#deliver({ ...newcomer, started }, run));
    return { kind: "admitted", run_id: run.run_id, started, wait: this.describeWait(run.run_id) };
  }

  #buildEntry({ run_id, priority }: QueuedRun, key: string): QueueEntry {
    const last = this.#entries.at(-1);
    return {
      seq: this.#lastSeq + 1,
      run_id,
      key,
      priority,
      arrived_at: Math.max(this.#deps.clock(), last?.arrived_at ?? 0),
      started: false,
      superseded: false,
    };
  }

  /** The run an idempotency key has started within a day. */
  findByKey({ key, digest }: IdempotencyClaim): admission.KeyUse {
    return admission.checkKey(this.#deps.table.findKey(key), { digest, now: this.#deps.clock() });
  }

  /** From now on the key finds `runId`, and starts nothing; a run that it has started already is answered. */
  forbid(claim: IdempotencyClaim, runId: RunId): admission.KeyUse {
    const use = this.findByKey(claim);
    if (use.kind === "new") this.#remember(claim, runId);
    return use;
  }

  #remember({ key, digest }: IdempotencyClaim, runId: RunId): void {
    const expiresAt = this.#deps.clock() + limits.idempotency_seconds.value * 1000;
    this.#deps.table.putKey(key, { run_id: runId, digest, expires_at: expiresAt });
  }

  #replace(changed: QueueEntry): void {
    this.#entries = this.#entries.map((entry) => (entry.seq === changed.seq ? changed : entry));
  }

  #supersede(runId: string): void {
    const entry = this.#entries.find((candidate) => candidate.run_id === runId);
    const run = entry && this.#findRun(entry);
    if (!entry || !run) return;
    const superseded = { ...entry, superseded: true };
    this.#deps.table.markSuperseded(entry.seq);
    this.#replace(superseded);
    this.#deps.waitUntil(this.#deliver(superseded, run));
  }

  /** Undefined for a run that cannot be read, which a newer version wrote: it stays, and the others do not wait for it. */
  #findRun({ seq, run_id }: QueueEntry): Run | undefined {
    try {
      return this.#deps.table.findRun(seq);
    } catch (error) {
      log("error", "queue.run_unreadable", { run_id, error: describeError(error) });
      return undefined;
    }
  }

  /** Tells a run's object what the entry says. It leaves once the entry is durable: that is the object's output gate. */
  async #deliver(entry: QueueEntry, run: Run): Promise<void> {
    const { handOver, supersede } = this.#deps;
    try {
      const { ended } = await (entry.superseded ? supersede : handOver)(run, entry.started);
      if (ended) this.release(entry.run_id);
      else this.#delivered.add(deliveryKey(entry));
    } catch (error) {
      log("warn", "queue.delivery_failed", { run_id: entry.run_id, error: describeError(error) });
      this.#wakeSoon();
    }
  }

  #wakeSoon(): void {
    const soon = this.#deps.clock() + HANDOVER_RETRY_MS;
    if (this.#wakeAt === null || this.#wakeAt > soon) this.#wakeAt = soon;
    this.#deps.rearm();
  }

  /** A run has ended: its place is free. A repeat changes nothing. */
  release(runId: string): void {
    if (this.#entries.some((entry) => entry.run_id === runId)) {
      this.#deps.table.remove(runId);
      this.#entries = this.#entries.filter((entry) => entry.run_id !== runId);
    }
    this.startDue();
  }

  /** Starts the runs whose turn it is. */
  startDue(): void {
    for (const entry of this.#decide.dueToStart(this.#entries, this.#places, this.#paused)) {
      const run = this.#findRun(entry);
      if (!run) continue;
      const started = { ...entry, started: true };
      this.#deps.table.markStarted(entry.seq);
      this.#replace(started);
      this.#deps.waitUntil(this.#deliver(started, run));
    }
  }

  /** Paused: those that wait go on waiting. Resumed: whoever may, starts. */
  setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#deps.table.setPaused(paused);
    this.#paused = paused;
    this.startDue();
  }

  /** What a run waits for here; null when it does not wait. */
  describeWait(runId: string): QueueWait | null {
    return admission.describeWait(this.#entries, runId, { places: this.#places, paused: this.#paused });
  }

  /** Every run that has a place in the queue. */
  listRuns(): { run_id: string; started: boolean }[] {
    return this.#entries.map(({ run_id, started }) => ({ run_id, started }));
  }

  nextWake(): number | null {
    return this.#wakeAt;
  }

  /** Repeats what may have been lost: messages, starts that became possible, keys that have expired. */
  async wake(now: number): Promise<void> {
    this.#wakeAt = null;
    this.startDue();
    for (const entry of this.#entries.filter((known) => !this.#delivered.has(deliveryKey(known)))) {
      const run = this.#findRun(entry);
      if (run) await this.#deliver(entry, run);
    }
    this.#deps.table.forgetKeys(now);
    // The sweep forgets what it knows, so that a run whose end was never reported is asked again.
    if (now - this.#sweptAt >= SWEEP_MS) {
      this.#delivered.clear();
      this.#sweptAt = now;
    }
    if (this.#entries.length > 0) this.#wakeAt ??= now + SWEEP_MS;
  }
}

function deliveryKey({ run_id, started, superseded }: QueueEntry): string {
  return `${run_id}:${started}:${superseded}`;
}
