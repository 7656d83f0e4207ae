import pLimit from "p-limit";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { within } from "../platform/within.ts";
import type { After } from "../platform/within.ts";
import type { QueueEntry } from "./admission.ts";
import type { QueuedRun } from "./queue-api.ts";

/** How long a run's object may take to answer before it counts as silent. */
const ANSWER_MS = 5000;
/** Runs that are told again at the same time; a silent one keeps one of these for as long as it may be silent. */
const AT_ONCE = 20;
/** Runs that one wake-up tells again; the rest are the next one's. */
const BATCH = 200;
const FIRST_RETRY_MS = 2000;
const MOST_RETRY_MS = 300_000;
const SPREAD = 0.25;

export interface HandoverDeps<Run extends QueuedRun> {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  after: After;
  /** Gives a run to its own object; `ended` says that it needs its place no more. */
  handOver: (run: Run, go: boolean) => Promise<{ ended: boolean }>;
  /** Ends a run because a newer one took its place; `started` as for `handOver`, should it not know of the run yet. */
  supersede: (run: Run, started: boolean) => Promise<{ ended: boolean }>;
}

/** What came of telling a run's object: it knows, it needs its place no more, or nobody can say. */
export type Told = "told" | "ended" | "unknown";

interface Trouble {
  tries: number;
  retryAt: number;
}

/**
 * Tells the runs of a queue what becomes of them, each by itself: one that is silent or fails is tried again ever more
 * seldom, and delays nobody else. What has been told is remembered in memory only, to save needless repeats; telling
 * twice is harmless.
 */
export class Handover<Run extends QueuedRun> {
  readonly #deps: HandoverDeps<Run>;
  readonly #told = new Set<string>();
  readonly #underWay = new Set<string>();
  readonly #trouble = new Map<string, Trouble>();
  readonly #pool = pLimit(AT_ONCE);

  constructor(deps: HandoverDeps<Run>) {
    this.#deps = deps;
  }

  /** Tells a run what its entry says. It leaves once the entry is durable: that is the object's output gate. */
  tell(entry: QueueEntry, run: Run): Promise<Told> {
    return this.#once(entry, () => this.#tell(entry, run));
  }

  /** The same where many are told: at most some at the same time. */
  tellInTurn(entry: QueueEntry, run: Run): Promise<Told> {
    return this.#once(entry, () => this.#pool(() => this.#tell(entry, run)));
  }

  /** Nobody is told the same twice at a time. */
  async #once(entry: QueueEntry, tell: () => Promise<Told>): Promise<Told> {
    const word = wordOf(entry);
    if (this.#underWay.has(word)) return "told";
    this.#underWay.add(word);
    try {
      return await tell();
    } finally {
      this.#underWay.delete(word);
    }
  }

  async #tell(entry: QueueEntry, run: Run): Promise<Told> {
    const { handOver, supersede, after } = this.#deps;
    try {
      const act = entry.superseded ? supersede : handOver;
      const { ended } = await within(after, ANSWER_MS, () => act(run, entry.started));
      this.#trouble.delete(entry.run_id);
      this.#told.add(wordOf(entry));
      return ended ? "ended" : "told";
    } catch (error) {
      log("warn", "queue.delivery_failed", { run_id: entry.run_id, error: describeError(error) });
      this.#noteTrouble(entry.run_id);
      return "unknown";
    }
  }

  #noteTrouble(runId: string): void {
    const { clock, random } = this.#deps;
    const tries = (this.#trouble.get(runId)?.tries ?? 0) + 1;
    const delay = Math.min(MOST_RETRY_MS, FIRST_RETRY_MS * 2 ** (tries - 1));
    this.#trouble.set(runId, { tries, retryAt: clock() + delay * (1 + SPREAD * random()) });
  }

  /** Nothing that was said of a run counts any more: it is gone from the queue. */
  forget(entry: QueueEntry): void {
    this.#trouble.delete(entry.run_id);
    for (const started of [false, true])
      for (const superseded of [false, true]) this.#told.delete(wordOf({ ...entry, started, superseded }));
  }

  /** Those that hold a place are to be told again, so that one whose end was never reported is found. */
  askAgain(entries: readonly QueueEntry[]): void {
    for (const entry of entries) if (entry.started || entry.superseded) this.#told.delete(wordOf(entry));
  }

  /** Has this run not been told yet what its entry says? */
  owes(entry: QueueEntry): boolean {
    return !this.#told.has(wordOf(entry));
  }

  /** Whom to tell now, those that hold places first. */
  due(entries: readonly QueueEntry[], now: number): QueueEntry[] {
    return entries
      .filter((entry) => this.owes(entry) && this.retryAt(entry) <= now)
      .sort((a, b) => Number(b.started) - Number(a.started) || a.seq - b.seq)
      .slice(0, BATCH);
  }

  /** When the next of them is to be told, epoch milliseconds; null when all know. */
  nextAt(entries: readonly QueueEntry[], now: number): number | null {
    const soonest = entries
      .filter((entry) => this.owes(entry))
      .reduce((at, entry) => Math.min(at, Math.max(this.retryAt(entry), now + FIRST_RETRY_MS)), Infinity);
    return soonest === Infinity ? null : soonest;
  }

  /** Not before this is the run told again. */
  retryAt(entry: QueueEntry): number {
    // One that is being told says by itself how that went; should its word be lost, it is told again.
    if (this.#underWay.has(wordOf(entry))) return this.#deps.clock() + 2 * ANSWER_MS;
    return this.#trouble.get(entry.run_id)?.retryAt ?? 0;
  }
}

function wordOf({ run_id, started, superseded }: QueueEntry): string {
  return `${run_id}:${started}:${superseded}`;
}
