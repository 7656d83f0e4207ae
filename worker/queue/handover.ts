import pLimit from "p-limit";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { isThrownByObject } from "../platform/objects/remote-error.ts";
import { Unanswered, within } from "../platform/within.ts";
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
/** What was owed already when the object woke up is tried again after this part of the time for which it has been owed. */
const OWED_SHARE = 0.3;
/** A run whose object has thrown or been silent so often in a row, over a quarter of an hour, will not be taken up. */
const MOST_REFUSALS = 10;
/** What is on record of a run in place of that number once it is given up, before anybody is told so. */
export const GIVEN_UP_NOTE = MOST_REFUSALS + 1;
/**
 * Between the last word to a run and its being given up lies at least so long, so that what was begun on that word is over,
 * and whoever takes the word up later asks first: see queue-word of the runs, which believes it for a minute.
 */
const LAST_WORD_MS = 300_000;
/** Fewer of them are not worth a row: an object that was just being replaced throws or is silent once or twice. */
const NOTED_REFUSALS = 3;

export interface HandoverDeps<Run extends QueuedRun> {
  clock: Clock;
  /** A number in [0, 1). */
  random: () => number;
  after: After;
  /** Gives a run to its own object; `ended` says that it needs its place no more. */
  handOver: (run: Run, go: boolean) => Promise<{ ended: boolean }>;
  /** Ends a run because a newer one took its place; `started` as for `handOver`, should it not know of the run yet. */
  supersede: (run: Run, started: boolean) => Promise<{ ended: boolean }>;
  /** Puts on record, in place of the run's object, that the run has failed, and tells whoever wants to know. Repeatable. */
  giveUp: (run: Run) => Promise<void>;
}

/**
 * What outlives the object of it: how often a run's object has thrown or been silent in a row. In place of the last of these
 * numbers stands when that was, epoch milliseconds, for then the run is given up some time after it.
 */
export interface RefusalRecord {
  refusals: ReadonlyMap<string, number>;
  note: (runId: string, refusals: number) => void;
}

/** What came of telling a run's object: it knows, it needs its place no more, or nobody can say. */
export type Told = "told" | "ended" | "unknown";

interface Trouble {
  tries: number;
  refusals: number;
  retryAt: number;
}

/**
 * Tells the runs of a queue what becomes of them, each by itself: one that is silent or fails is tried again ever more
 * seldom, and delays nobody else. What has been told is remembered in memory only, to save needless repeats; telling
 * twice is harmless. One whose object throws whatever is said to it, or never answers, is given up in the end, and its
 * place is free.
 */
export class Handover<Run extends QueuedRun> {
  readonly #deps: HandoverDeps<Run>;
  readonly #record: RefusalRecord;
  readonly #told = new Set<string>();
  readonly #underWay = new Set<string>();
  /** What this life of the object was the first to tell. */
  readonly #news = new Set<string>();
  readonly #trouble = new Map<string, Trouble>();
  readonly #pool = pLimit(AT_ONCE);

  constructor(deps: HandoverDeps<Run>, record: RefusalRecord) {
    this.#deps = deps;
    this.#record = record;
    for (const [runId, noted] of record.refusals) this.#trouble.set(runId, readNote(noted));
  }

  /** Tells a run what its entry says. It leaves once the entry is durable: that is the object's output gate. */
  tell(entry: QueueEntry, run: Run): Promise<Told> {
    this.#news.add(wordOf(entry));
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
    if (this.#refusalsOf(entry.run_id) >= MOST_REFUSALS)
      return this.retryAt(entry) <= this.#deps.clock() ? this.#giveUp(run) : "unknown";
    const { handOver, supersede, after } = this.#deps;
    try {
      const act = entry.superseded ? supersede : handOver;
      const { ended } = await within(after, ANSWER_MS, () => act(run, entry.started));
      this.#forgetTrouble(entry.run_id);
      this.#told.add(wordOf(entry));
      return ended ? "ended" : "told";
    } catch (error) {
      log("warn", "queue.delivery_failed", { run_id: entry.run_id, error: describeError(error) });
      this.#noteTrouble(entry, isRefusal(error));
      return "unknown";
    }
  }

  async #giveUp(run: Run): Promise<Told> {
    const { giveUp, after, clock, random } = this.#deps;
    // Written down first: from now on nobody who asks for the run is told that it may go on.
    const retryAt = Math.round(clock() + MOST_RETRY_MS * (1 + SPREAD * random()));
    this.#trouble.set(run.run_id, { tries: GIVEN_UP_NOTE, refusals: GIVEN_UP_NOTE, retryAt });
    this.#record.note(run.run_id, GIVEN_UP_NOTE);
    try {
      await within(after, ANSWER_MS, () => giveUp(run));
      log("error", "queue.given_up", { run_id: run.run_id });
      return "ended";
    } catch (error) {
      log("error", "queue.give_up_failed", { run_id: run.run_id, error: describeError(error) });
      return "unknown";
    }
  }

  #refusalsOf(runId: string): number {
    return this.#trouble.get(runId)?.refusals ?? 0;
  }

  /** Has it been decided that the run is given up? Whoever wants to know may not have been told yet. */
  hasGivenUp(runId: string): boolean {
    return this.#refusalsOf(runId) >= GIVEN_UP_NOTE;
  }

  /** The run's object has spoken by itself, and was answered: it is neither silent nor broken. */
  hear(runId: string): void {
    this.#forgetTrouble(runId);
  }

  /**
   * How often it was tried is forgotten when the object goes to
   * sleep between two tries; for how long it has been owed is on the record, and then that says how long to wait.
   */
  #noteTrouble(entry: QueueEntry, refused: boolean): void {
    const { clock, random } = this.#deps;
    const { run_id: runId, arrived_at, placed_at = arrived_at } = entry;
    const before = this.#trouble.get(runId);
    const tries = (before?.tries ?? 0) + 1;
    const refusals = Math.min(MOST_REFUSALS, (before?.refusals ?? 0) + (refused ? 1 : 0));
    const owedMs = this.#news.has(wordOf(entry)) ? 0 : clock() - placed_at;
    const delay = Math.min(MOST_RETRY_MS, Math.max(FIRST_RETRY_MS * 2 ** (tries - 1), OWED_SHARE * owedMs));
    const least = refusals >= MOST_REFUSALS ? LAST_WORD_MS : 0;
    const retryAt = Math.round(clock() + Math.max(least, delay) * (1 + SPREAD * random()));
    this.#trouble.set(runId, { tries, refusals, retryAt });
    if (refused && refusals >= NOTED_REFUSALS)
      this.#record.note(runId, refusals === MOST_REFUSALS ? clock() : refusals);
  }

  #forgetTrouble(runId: string): void {
    const noted = this.#refusalsOf(runId) >= NOTED_REFUSALS;
    this.#trouble.delete(runId);
    if (noted) this.#record.note(runId, 0);
  }

  /** Nothing that was said of a run counts any more: it is gone from the queue. */
  forget(entry: QueueEntry): void {
    this.#forgetTrouble(entry.run_id);
    const forms = [false, true].flatMap((started) => [
      wordOf({ ...entry, started, superseded: false }),
      wordOf({ ...entry, started, superseded: true }),
    ]);
    for (const word of forms) {
      this.#told.delete(word);
      this.#news.delete(word);
    }
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
      .filter((entry) => this.owes(entry) && !this.#underWay.has(wordOf(entry)) && this.retryAt(entry) <= now)
      .sort((a, b) => Number(b.started) - Number(a.started) || a.seq - b.seq)
      .slice(0, BATCH);
  }

  /** When the next of them is to be told, epoch milliseconds; null when all know, or are being told and say how that went. */
  nextAt(entries: readonly QueueEntry[], now: number): number | null {
    const soonest = entries
      .filter((entry) => this.owes(entry) && !this.#underWay.has(wordOf(entry)))
      .reduce((at, entry) => Math.min(at, Math.max(this.retryAt(entry), now + FIRST_RETRY_MS)), Infinity);
    return soonest === Infinity ? null : soonest;
  }

  /** Not before this is the run told again. */
  retryAt(entry: QueueEntry): number {
    return this.#trouble.get(entry.run_id)?.retryAt ?? 0;
  }
}

/** What is known of a run once the object that noted it has slept. */
function readNote(noted: number): Trouble {
  if (noted > GIVEN_UP_NOTE)
    return { tries: MOST_REFUSALS, refusals: MOST_REFUSALS, retryAt: noted + LAST_WORD_MS };
  // One of the time before that was written down is told once more.
  const refusals = noted === MOST_REFUSALS ? noted - 1 : noted;
  return { tries: refusals, refusals, retryAt: 0 };
}

/**
 * An object that has thrown, or has not answered in time, has had its chance. One that was reset, is overloaded or cannot
 * be reached had none.
 */
function isRefusal(error: unknown): boolean {
  return error instanceof Unanswered || isThrownByObject(error);
}

function wordOf({ run_id, started, superseded }: QueueEntry): string {
  return `${run_id}:${started}:${superseded}`;
}
