import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import { within } from "../platform/within.ts";
import type { After } from "../platform/within.ts";
import type { RestingSandbox, RoomClaim, RoomVerdict } from "../runs/ports/room.ts";
import type { CapacityApi } from "./capacity-api.ts";
import {
  callNext,
  claim,
  decline,
  nextCallAt,
  passOver,
  release,
  turnAway,
  wantsPlaces,
} from "./capacity.ts";
import type { CapacityStep } from "./capacity.ts";
import type { LineTable } from "./line-table.ts";
import { openCapacity, reconcile } from "./places.ts";
import type { CapacityLimits, CapacityState, Lease } from "./places.ts";
import {
  dropEnded,
  giveWay,
  mayRest,
  noteTold,
  sandboxIdsOf,
  takeTurn,
  TELL_AFTER_MS,
  tellEnds,
} from "./resting.ts";
import type { KeptSandbox } from "./resting.ts";

/** How long who is called may take to answer. */
const ANSWER_MS = 5000;
/** A provider that does not answer must not hold up everybody: its own refusals are the limit then. */
const LOOK_PATIENCE_MS = 2000;
/** Where somebody waits for a place, whatever happens here may ask the provider again after so long. */
const LOOK_AGAIN_MS = 30_000;
/** And so long after the last look the alarm does: the word of an end may have been lost, and nothing else happens. */
const LOOK_BY_ALARM_MS = 300_000;
/** What comes so soon is waited for in memory: an alarm would cost a row. */
const SOON_MS = 35_000;

export interface KeeperDeps {
  clock: Clock;
  after: After;
  limits: () => CapacityLimits;
  /** The sandboxes that are alive. Throws when the provider does not answer. */
  listRunning: () => Promise<readonly Lease[]>;
  /** Tells who stands in line that there is room; answers whether it still wants any. */
  call: (waiting: RoomClaim) => Promise<boolean>;
  /** Ends a sandbox that waited for its next run. */
  end: (turn: string) => Promise<unknown>;
  /** Has one end by itself after so long, unless it gets another run before that. False where nobody can say. */
  rest: (turn: string, idleMs: number) => Promise<boolean>;
  /** Rings at `at`, epoch milliseconds, or earlier. */
  armWake: (at: number) => void;
  /** Goes on with work behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

/**
 * Gives out the room for sandboxes, and calls whoever stands in line once it is its turn. Only the line is durable, so
 * that a run which finds room costs no row here; who has a sandbox is in memory, and a new life of the object learns it
 * from the provider's own list before it answers anybody. A call is repeated until it is answered, for who is called
 * stays in line until it has come.
 */
export class RoomKeeper implements Omit<CapacityApi, "keep" | "release"> {
  readonly #deps: KeeperDeps;
  readonly #table: LineTable;
  #state: CapacityState;
  #lookedAt: number;
  /** Whether this life of the object has learnt what is alive. */
  #knows = false;
  #look: Promise<void> | null = null;
  /** Given back lately: the provider may still list their sandboxes. */
  readonly #gone = new Map<string, number>();
  /** Kept for the next run of their version, oldest first. */
  #resting: KeptSandbox[] = [];
  /** Somebody looks soon which of them have to be told when they end. */
  #looksSoon = false;
  /** The turns that runs have in sandboxes which were made for others, by run. */
  readonly #turns = new Map<string, string>();
  #timer: { at: number; cancel: () => void } | null = null;

  constructor(table: LineTable, deps: KeeperDeps) {
    this.#deps = deps;
    this.#lookedAt = deps.clock();
    this.#table = table;
    this.#state = openCapacity(deps.clock(), table.load());
    this.#beginLook();
  }

  async claim(asked: RoomClaim): Promise<RoomVerdict> {
    await this.#afterLook();
    const { reason, ...next } = claim(this.#state, {
      claim: asked,
      limits: this.#deps.limits(),
      now: this.#now,
    });
    this.#gone.delete(asked.run_id);
    this.#take(next);
    return reason === null ? this.#grant(asked) : { kind: "wait", reason, retry_after_ms: null };
  }

  /** With a sandbox that waits for such a run, where there is one. Nobody else gets it. */
  #grant({ run_id, reuse }: RoomClaim): RoomVerdict {
    const { taken, rest } = takeTurn(dropEnded(this.#resting, this.#now), reuse);
    this.#resting = rest;
    if (taken !== null) this.#turns.set(run_id, taken.turn);
    this.#makeWay();
    return taken === null
      ? { kind: "granted" }
      : { kind: "granted", turn: taken.turn, ends_at: taken.ends_at };
  }

  /** See CapacityApi. */
  keep(resting: RestingSandbox, runId: string): boolean {
    const known = dropEnded(this.#resting, this.#now);
    const leaving = { resting, runId };
    const isWanted = mayRest(known, { leaving, state: this.#state, limits: this.#deps.limits() });
    this.#resting = isWanted ? [...known, { ...resting, since: this.#now, told: "not yet" }] : known;
    this.#tellSoon();
    return isWanted;
  }

  /** Those that nobody takes at once are told when they end. */
  #tellSoon(): void {
    if (this.#looksSoon || !this.#resting.some(({ told }) => told === "not yet")) return;
    this.#looksSoon = true;
    this.#deps.after(TELL_AFTER_MS, () => {
      this.#looksSoon = false;
      const { due, resting } = tellEnds(this.#resting, this.#now);
      this.#resting = resting;
      for (const one of due) this.#deps.waitUntil(this.#tell(one));
      this.#tellSoon();
    });
  }

  async #tell({ turn, until }: KeptSandbox): Promise<void> {
    const isTold = await this.#deps.rest(turn, Math.max(0, until - this.#now));
    this.#resting = noteTold(this.#resting, turn, isTold);
    if (!isTold) await this.#deps.end(turn);
  }

  #makeWay(): void {
    const gone = giveWay(this.#resting, this.#state, this.#deps.limits());
    this.#resting = this.#resting.filter((one) => !gone.includes(one));
    for (const { turn } of gone) this.#deps.waitUntil(this.#deps.end(turn));
  }

  async turnedAway(asked: RoomClaim, retryAfterMs: number | null): Promise<RoomVerdict> {
    this.#settle(turnAway(this.#state, { claim: asked, now: this.#now, retryAfterMs }));
    const reason = "The sandbox provider starts no more sandboxes right now.";
    return { kind: "wait", reason, retry_after_ms: null };
  }

  release(runId: string): void {
    this.#gone.set(runId, this.#now);
    this.#turns.delete(runId);
    this.#settle(release(this.#state, runId));
  }

  /** The alarm, or a timer: whoever's turn has come meanwhile is called. */
  wake(): void {
    this.#settle(this.#state);
  }

  /** When the object has to be woken, epoch milliseconds; null while nobody waits. */
  wakeAt(): number | null {
    const next = nextCallAt(this.#state, this.#deps.limits(), this.#now);
    if (next === null) return null;
    const lookAt = Math.max(this.#lookedAt + LOOK_BY_ALARM_MS, this.#now);
    return next - this.#now <= SOON_MS ? lookAt : Math.min(next, lookAt);
  }

  get #now(): number {
    return this.#deps.clock();
  }

  async #afterLook(): Promise<void> {
    const look = this.#look;
    if (look === null) return;
    await within(this.#deps.after, LOOK_PATIENCE_MS, () => look).catch(() => {});
  }

  #settle(state: CapacityState): void {
    // What is alive is not known yet: it is, in a moment, and then everybody has its turn.
    if (!this.#knows) return this.#take({ state, called: [] });
    this.#take(callNext(state, this.#deps.limits(), this.#now));
  }

  /** Believes a decision: what it says of the line is written, and who is named is called. */
  #take({ state, called }: CapacityStep): void {
    this.#write(this.#state, state);
    this.#state = state;
    for (const waiting of called) this.#deps.waitUntil(this.#call(waiting));
    const lookIsDue = this.#now - this.#lookedAt >= LOOK_AGAIN_MS && this.#look === null;
    if (lookIsDue && wantsPlaces(state, this.#deps.limits())) this.#beginLook();
    this.#arm();
  }

  #write(before: CapacityState, after: CapacityState): void {
    const stood = new Set(before.line.map(({ claim: { run_id } }) => run_id));
    const stands = new Set(after.line.map(({ claim: { run_id } }) => run_id));
    for (const runId of stood) if (!stands.has(runId)) this.#table.remove(runId);
    for (const { claim: one } of after.line) if (!stood.has(one.run_id)) this.#table.put(one);
  }

  async #call(waiting: RoomClaim): Promise<void> {
    const { run_id } = waiting;
    try {
      const wants = await within(this.#deps.after, ANSWER_MS, () => this.#deps.call(waiting));
      if (!wants) this.#settle(decline(this.#state, run_id));
    } catch (error) {
      log("warn", "capacity.call_failed", { run_id, error: describeError(error) });
      this.#settle(passOver(this.#state, run_id, this.#now));
    }
  }

  #beginLook(): void {
    this.#look = this.#askProvider();
    this.#deps.waitUntil(this.#look);
  }

  async #askProvider(): Promise<void> {
    const began = this.#now;
    for (const [runId, at] of this.#gone) if (began - at >= LOOK_AGAIN_MS) this.#gone.delete(runId);
    const alive = await this.#deps.listRunning().catch((error: unknown) => {
      log("warn", "capacity.list_failed", { error: describeError(error) });
      return null;
    });
    this.#lookedAt = began;
    this.#knows = true;
    this.#look = null;
    const gone = new Set(this.#gone.keys());
    // The provider knows them by the runs that they were made for, which are over.
    const others = sandboxIdsOf([...this.#resting.map(({ turn }) => turn), ...this.#turns.values()]);
    const listed = alive?.filter(({ sandbox_id: id }) => id === undefined || !others.has(id));
    const known = { alive: listed ?? [], gone, now: this.#now };
    this.#settle(listed === undefined ? this.#state : reconcile(this.#state, known));
  }

  /** What is due soon is waited for in memory; for the rest there is the object's alarm. */
  #arm(): void {
    const next = nextCallAt(this.#state, this.#deps.limits(), this.#now);
    if (this.#timer !== null && this.#timer.at !== next) {
      this.#timer.cancel();
      this.#timer = null;
    }
    if (next !== null && this.#timer === null && next - this.#now <= SOON_MS) {
      const wake = () => {
        this.#timer = null;
        this.wake();
      };
      this.#timer = { at: next, cancel: this.#deps.after(Math.max(1, next - this.#now), wake) };
    }
    const at = this.wakeAt();
    if (at !== null) this.#deps.armWake(at);
  }
}
