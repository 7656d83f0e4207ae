import type { LiveText } from "#contract/agents/live-text";
import { limits } from "#contract/limits";
import type { JournalAnswer, JournalEntry } from "#contract/runner/runner";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { backoffMs } from "../runs/lifecycle/backoff.ts";
import type { LaunchOf } from "../runs/record/run-api.ts";
import type { AttemptJournal, AttemptOrder } from "./attempt-api.ts";
import type { AttemptHead, AttemptStorage } from "./attempt-storage.ts";
import { openLiveTeller } from "./live-teller.ts";
import { buildEdgeResult } from "./program.ts";
import type { NextStep, Program, ShowLive, StepReport } from "./program.ts";

/** So often in a row a step may come to nothing through our own fault. */
const MOST_FAILURES = 8;
const GIVEN_UP = "A step of the run failed again and again through a fault of the platform.";

/** What an attempt touches outside its own memory. */
export interface AttemptDeps {
  storage: AttemptStorage;
  clock: Clock;
  random: () => number;
  armWake: (at: number) => void;
  /** What carries the order out, as it goes on from what is stored. */
  openProgram: (order: AttemptOrder, launch: number, showLive: ShowLive) => Program | Promise<Program>;
  /** Hands a part of the journal to the run; null where there is no such run. */
  post: (
    runId: string,
    part: LaunchOf & { offset: number; body: Uint8Array; live?: LiveText },
  ) => Promise<JournalAnswer | null>;
}

/** When a program that has told this is looked at again, epoch milliseconds. */
function nextAt(next: NextStep, now: number): number {
  return next.kind === "at" ? Math.max(next.at, now) : now;
}

function toLines(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

/**
 * Has a program do one step after the other, each in a wake-up of its own, and hands what it tells to the run. All it knows
 * is stored, so that it may vanish between any two lines.
 */
export class AttemptEngine {
  readonly #deps: AttemptDeps;
  readonly #showLive: ShowLive;
  #head: AttemptHead | null;
  /** So far the run has the journal; null while that is not known. */
  #posted: number | null = null;
  #program: Program | null = null;
  /** As it is stored; it never changes once it is there. */
  #order: AttemptOrder | null = null;
  #underWay: Promise<void> | null = null;
  /** Somebody has called while a step was under way. */
  #calledAgain = false;
  #abort = new AbortController();

  constructor(deps: AttemptDeps) {
    this.#deps = deps;
    this.#head = deps.storage.load();
    this.#showLive = openLiveTeller({ clock: deps.clock, send: (live) => this.#sendLive(live) });
  }

  /** When the attempt must be looked at again, epoch milliseconds; null when it waits for nothing. */
  wakeAt(): number | null {
    const head = this.#head;
    if (head?.phase === "running") return head.next_at;
    return head?.phase === "told" && this.#posted !== head.size ? head.next_at : null;
  }

  bind(launch: number): number {
    if (this.#head === null) this.#save({ launch, phase: "bound", next_at: 0, failures: 0, size: 0 });
    return this.#head?.launch ?? launch;
  }

  begin(order: AttemptOrder): boolean {
    const head = this.#head;
    if (head === null || head.phase === "stopped") return false;
    if (head.phase !== "bound") return true;
    const now = this.#deps.clock();
    this.#deps.storage.keepOrder(order);
    this.#save({ ...head, phase: "running", next_at: now });
    this.#deps.armWake(now);
    return true;
  }

  read(offset: number, maxBytes: number): AttemptJournal | null {
    const head = this.#head;
    if (head === null) return null;
    const isAlive = head.phase === "bound" || head.phase === "running";
    return { bytes: this.#deps.storage.read(offset, maxBytes), isAlive };
  }

  /** Ends it. An attempt that nobody knows of is bound to nothing, so that none can begin after this. */
  stop(): void {
    this.#abort.abort();
    if (this.#head?.phase === "stopped") return;
    this.#save({ ...(this.#head ?? { launch: 0, failures: 0, size: 0 }), phase: "stopped", next_at: 0 });
  }

  /** What the program waits for may have come: it is asked now. */
  call(): void {
    const head = this.#head;
    if (head?.phase !== "running") return;
    this.#calledAgain = true;
    if (this.#underWay !== null) return;
    const now = this.#deps.clock();
    this.#save({ ...head, next_at: now });
    this.#deps.armWake(now);
  }

  /** Does what is due: a step, and whatever the run has not heard yet. */
  async wake(): Promise<void> {
    this.#underWay ??= this.#goOn().finally(() => {
      this.#underWay = null;
      const at = this.wakeAt();
      if (at !== null) this.#deps.armWake(at);
    });
    await this.#underWay;
  }

  async #goOn(): Promise<void> {
    const head = this.#head;
    if (head?.phase === "running" && head.next_at <= this.#deps.clock()) await this.#step();
    try {
      await this.#post();
    } catch (error) {
      this.#putOffPost(error);
    }
  }

  /** The run asks for what it has not heard, too; only the end is owed to it. */
  #putOffPost(error: unknown): void {
    log("warn", "attempt.post_failed", { error: describeError(error) });
    const head = this.#head;
    if (head?.phase === "told")
      this.#save({ ...head, next_at: this.#deps.clock() + backoffMs(0, this.#deps.random()) });
  }

  async #step(): Promise<void> {
    const head = this.#head;
    const order = this.#loadOrder();
    if (head === null || order === null) return;
    this.#calledAgain = false;
    try {
      this.#program ??= await this.#deps.openProgram(order, head.launch, this.#showLive);
      this.#take(await this.#program.step(this.#abort.signal));
    } catch (error) {
      // What it has stored may be more than this life of it knows.
      this.#program = null;
      if (this.#head?.phase !== "running") return;
      const facts = { run_id: order.spec.run_id, attempt: order.attempt, error: describeError(error) };
      log("error", "attempt.step_failed", facts);
      this.#fail(this.#head);
    }
  }

  /** Takes what a step has told, together with what its program has to know of it: in one turn, which is one write. */
  #take({ entries, next, save }: StepReport): void {
    const head = this.#head;
    if (head?.phase !== "running") return;
    save?.();
    const now = this.#deps.clock();
    this.#save({
      ...head,
      failures: 0,
      size: this.#deps.storage.append(head.size, toLines(entries)),
      phase: next.kind === "ended" ? "told" : "running",
      next_at: this.#calledAgain ? now : nextAt(next, now),
    });
  }

  #fail(head: AttemptHead): void {
    const now = this.#deps.clock();
    const failures = head.failures + 1;
    if (failures < MOST_FAILURES) {
      const wait = backoffMs(1000 * 2 ** failures, this.#deps.random());
      return this.#save({ ...head, failures, next_at: now + wait });
    }
    const size = this.#deps.storage.append(head.size, toLines([buildOwnFault(now)]));
    this.#save({ ...head, failures, size, phase: "told", next_at: now });
  }

  /** Hands over what the run does not have yet; at first it is asked how much it has. */
  async #post(): Promise<void> {
    const order = this.#loadOrder();
    while (order !== null && this.#head !== null && this.#head.phase !== "bound") {
      const { size, launch, phase } = this.#head;
      if (phase === "stopped" || this.#posted === size) return;
      const offset = this.#posted ?? size;
      const body = this.#deps.storage.read(offset, limits.journal_post_bytes.value);
      const answer = await this.#deps.post(order.spec.run_id, {
        attempt: order.attempt,
        launch,
        offset,
        body,
      });
      // One that has ended has heard all that it wants to hear.
      if (answer === null || answer.stop) return this.stop();
      if (answer.next_offset === this.#posted) throw new Error("The run took nothing of its journal.");
      this.#posted = answer.next_offset;
    }
  }

  /** A part of the journal that adds nothing to it, with what is being said. */
  async #sendLive(live: LiveText): Promise<number | null> {
    const order = this.#loadOrder();
    const head = this.#head;
    if (order === null || head?.phase !== "running") return null;
    const { launch, size: offset } = head;
    const part = { attempt: order.attempt, launch, offset, body: new Uint8Array(), live };
    const answer = await this.#deps.post(order.spec.run_id, part);
    return answer === null || answer.stop ? null : answer.flush_ms;
  }

  #loadOrder(): AttemptOrder | null {
    this.#order ??= this.#deps.storage.order();
    return this.#order;
  }

  #save(head: AttemptHead): void {
    this.#deps.storage.save(head);
    this.#head = head;
  }
}

function buildOwnFault(now: number): JournalEntry {
  const told = { outcome: "failure", error_code: "internal_error", error: GIVEN_UP } as const;
  return buildEdgeResult({ now, wallMs: 0 }, told);
}
