import { limits } from "#contract/limits";
import type { AdmitReply, QueuedRun } from "../../worker/queue/queue-api.ts";
import type * as admission from "../../worker/queue/admission.ts";
import type { QueueEntry, QueueRule } from "../../worker/queue/admission.ts";
import { RunQueue } from "../../worker/queue/run-queue.ts";
import { lineUp } from "../../worker/queue/admission.ts";
import type { Random } from "../support/random.ts";
import { MemoryQueueTable } from "./queue-table-in-memory.ts";
import { numberedId } from "../support/numbered-id.ts";
import { settled, VirtualTimers } from "./virtual-timers.ts";

export type Decisions = Pick<typeof admission, "admit" | "dueToStart">;

/** One run as its own object sees it. `told`: a message reached it. */
interface SimRun {
  id: string;
  key: string;
  phase: "unknown" | "waiting" | "running" | "ended";
  /** Ended by itself, or ended because a newer one took its place. */
  superseded: boolean;
  /** Its object throws, or is silent, whatever it is told. */
  trouble: "throws" | "silent" | null;
}

const OVERTAKE_MS = 2 * limits.queue_overtake_seconds.value * 1000;
const keys = ["a", "b", ""];

/**
 * One worker's real RunQueue in a world that fails: the object goes away between any two messages, messages to runs and
 * back come late, twice or never, people cancel, pause, resume, and make another of two versions active; runs of both
 * come all the time. What is durable is the table and the alarm.
 */
export class QueueWorld {
  now = 1_000_000;
  readonly table = new MemoryQueueTable();
  readonly runs = new Map<string, SimRun>();
  readonly history: string[] = [];
  /** What each of the worker's versions says. */
  readonly versions: readonly QueueRule[];
  faults = true;
  /** What must never happen and did, in the middle of a step. */
  readonly #violations: Error[] = [];
  /** Times a run was told to go; a second time would be a second start. */
  readonly #starts = new Map<string, number>();
  #queue: RunQueue<QueuedRun>;
  #life = 0;
  #alarmAt: number | null = null;
  readonly #messages: (() => void)[] = [];
  readonly #timers = new VirtualTimers(() => this.now);
  readonly #random: Random;
  readonly #decide: Decisions | undefined;

  constructor(random: Random, decide?: Decisions) {
    this.#random = random;
    this.#decide = decide;
    const first = this.#randomRule();
    this.table.onStarted = (seq) => this.#noteStart(seq);
    this.versions = random.chance(0.3) ? [first] : [first, this.#randomRule()];
    this.#queue = this.#wakeUp();
    if (random.chance(0.8)) this.#activate();
  }

  #randomRule(): QueueRule {
    const limit = 1 + this.#random.below(3);
    const on_conflict = this.#random.pick(["queue", "queue", "skip", "cancel_previous"] as const) ?? "queue";
    return { limit, total: limit + this.#random.below(3), on_conflict };
  }

  /** A version becomes the active one, and the queue is told. */
  #activate(): void {
    const rule = this.#random.pick(this.versions);
    if (!rule) return;
    this.#note(`active: ${JSON.stringify(rule)}`);
    this.#queue.setActive(rule);
  }

  #note(text: string): void {
    this.history.push(`${this.now} ${text}`);
  }

  /** A new life of the worker's object over the same table. */
  #wakeUp(): RunQueue<QueuedRun> {
    const life = ++this.#life;
    const isAlive = () => life === this.#life;
    return new RunQueue({
      table: this.table.open(isAlive),
      clock: () => this.now,
      enlist: () =>
        this.faults && this.#random.chance(0.2)
          ? Promise.reject(new Error("the database is away"))
          : Promise.resolve(),
      rearm: () => this.#arm(),
      waitUntil: (work) => void work.catch(() => {}),
      random: () => 0.5,
      after: this.#timers.after,
      handOver: (run, go) => this.#send(run, isAlive, () => this.#accept(run, go)),
      giveUp: async ({ run_id }) => {
        if (this.faults && this.#random.chance(0.3)) throw new Error("the database is away");
        const run = this.runs.get(run_id);
        if (!run?.trouble) throw new Error(`${run_id} was given up and is well`);
        this.#note(`${run_id} was given up`);
        run.phase = "ended";
      },
      supersede: (run, started) =>
        this.#send(run, isAlive, () => {
          const { ended } = this.#accept(run, started);
          if (!ended) this.#end(run.run_id, true);
          return { ended };
        }),
      ...(this.#decide ? { decide: this.#decide } : {}),
    });
  }

  #arm(): void {
    const at = this.#queue.nextWake();
    if (at !== null && (this.#alarmAt === null || at < this.#alarmAt)) this.#alarmAt = at;
  }

  /** A message to a run's object: at once, later, or never; its answer may be lost on the way. */
  #send<T>({ run_id }: QueuedRun, isAlive: () => boolean, act: () => T): Promise<T> {
    // What a life had under way is over with it.
    if (!isAlive()) return new Promise(() => {});
    const roll = this.faults ? this.#random.next() : 1;
    if (roll < 0.1) return Promise.reject(new Error("lost on the way there"));
    if (roll < 0.15 || this.runs.get(run_id)?.trouble === "silent")
      return new Promise(() => this.#note(`to ${run_id}, who is silent`));
    return new Promise((resolve, reject) => {
      const deliver = () => {
        let answer: T;
        try {
          answer = act();
        } catch (error) {
          return reject(error as Error);
        }
        if (!isAlive() || (this.faults && this.#random.chance(0.05)))
          reject(new Error("the answer was lost"));
        else resolve(answer);
      };
      if (roll < 0.5) this.#messages.push(deliver);
      else if (roll < 0.55) this.#messages.push(deliver, deliver);
      else deliver();
      this.#note(`to ${run_id}`);
    });
  }

  #accept({ run_id }: QueuedRun, go: boolean): { ended: boolean } {
    const run = this.runs.get(run_id);
    if (!run) throw new Error(`${run_id} was never admitted`);
    if (run.trouble === "throws")
      throw Object.assign(new Error("its object throws, whatever it is told"), { remote: true });
    if (run.phase === "unknown") run.phase = "waiting";
    if (go && run.phase === "waiting") {
      run.phase = "running";
      this.#starts.set(run.id, (this.#starts.get(run.id) ?? 0) + 1);
      this.#note(`${run.id} runs`);
    }
    return { ended: run.phase === "ended" };
  }

  /** The run ends and says so; the word may be lost for now, for the sweep asks again. */
  #end(runId: string, superseded: boolean): void {
    const run = this.runs.get(runId);
    if (!run || run.phase === "ended") return;
    run.phase = "ended";
    run.superseded = superseded;
    this.#note(`${runId} ended${superseded ? ", superseded" : ""}`);
    const roll = this.faults ? this.#random.next() : 1;
    if (roll < 0.15) return;
    const report = () => this.#queue.release(runId);
    if (roll < 0.4) this.#messages.push(report, report);
    else this.#messages.push(report);
  }

  /** One thing happens, chosen by chance among what can. */
  async tick(): Promise<void> {
    const roll = this.#random.next();
    if (this.faults && roll < 0.05) this.#crash();
    else if (this.faults && roll < 0.3) this.#arrive();
    else if (this.faults && roll < 0.34) this.#queue.setPaused(!this.table.paused);
    else if (this.faults && roll < 0.37) this.#cancelOne();
    else if (this.faults && roll < 0.4) this.#activate();
    else if (roll < 0.65) this.#deliverOne();
    else if (roll < 0.8) this.#endOne();
    else this.#advance();
    await settled(6);
    this.check();
  }

  #crash(): void {
    this.#note("crash");
    this.#queue = this.#wakeUp();
    this.#arm();
  }

  #arrive(): void {
    const id = numberedId("run", this.runs.size + 1);
    const priority = this.#random.pick(["low", "normal", "normal", "high"] as const) ?? "normal";
    const key = this.#random.pick(keys) ?? "";
    const trouble = this.#random.chance(0.03)
      ? (this.#random.pick(["throws", "silent"] as const) ?? null)
      : null;
    this.runs.set(id, { id, key, phase: "unknown", superseded: false, trouble });
    const claim = this.#random.chance(0.2) ? { key: `k${this.#random.below(5)}`, digest: "d" } : null;
    const rule = this.#random.pick(this.versions);
    if (!rule) return;
    const before = this.table.entries();
    const reply = this.#queue.admit({
      run: { run_id: id, priority },
      idempotency: claim,
      concurrency: { ...rule, key },
    });
    this.#note(`${id} ${key} ${priority} ${JSON.stringify(rule)}: ${JSON.stringify(reply)}`);
    this.#checkSuperseded(before);
    const placed = this.table.entries().find((entry) => entry.run_id === id && entry.started);
    if (placed && reply.kind === "admitted" && reply.started) this.#noteStart(placed.seq);
    if (reply.kind !== "admitted") this.runs.delete(id);
    this.#checkReply(reply, key);
  }

  #checkReply(reply: AdmitReply, key: string): void {
    if (reply.kind !== "skipped") return;
    const there = this.table.entries().find((entry) => entry.run_id === reply.run_id);
    if (there?.key !== key) throw new Error("skip named a run that is not there");
  }

  /** Only where the active version says so too does a newer run end an older one. */
  #checkSuperseded(before: readonly QueueEntry[]): void {
    const { active } = this.table;
    if (active === null || active.on_conflict === "cancel_previous") return;
    const ended = this.table
      .entries()
      .find((entry) => entry.superseded && before.some((old) => old.seq === entry.seq && !old.superseded));
    if (ended) throw new Error(`${ended.run_id} was superseded against the active version's rule`);
  }

  #cancelOne(): void {
    const run = this.#random.pick([...this.runs.values()].filter(({ phase }) => phase === "waiting"));
    if (run) this.#end(run.id, false);
  }

  #deliverOne(): void {
    const [message] = this.#messages.splice(this.#random.below(this.#messages.length), 1);
    message?.();
  }

  #endOne(): void {
    const run = this.#random.pick([...this.runs.values()].filter(({ phase }) => phase === "running"));
    if (run) this.#end(run.id, false);
  }

  #advance(): void {
    this.now += 1000 * (1 + this.#random.below(this.faults ? 120 : 400));
    this.#timers.fireDue();
    if (this.#alarmAt === null || this.#alarmAt > this.now) return;
    this.#alarmAt = null;
    void this.#queue.wake(this.now).then(
      () => this.#arm(),
      () => {},
    );
    // The runtime repeats an alarm whose object went away; the next life arms its own.
    this.#alarmAt = this.now + 60_000;
  }

  /** What must hold after every step. */
  check(): void {
    const entries = this.table.entries();
    this.#checkRunning(entries);
    for (const [id, starts] of this.#starts) if (starts > 1) throw new Error(`${id} started ${starts} times`);
    const [violation] = this.#violations;
    if (violation) throw violation;
    for (const entry of entries) this.#checkEntry(entry);
    if (entries.length > 0 && this.#alarmAt === null) throw new Error("a queue with runs in it has no alarm");
    this.#checkRoom(entries);
  }

  #checkRunning(entries: readonly QueueEntry[]): void {
    for (const { id, phase } of this.runs.values()) {
      if (phase !== "running") continue;
      if (!entries.some((entry) => entry.run_id === id && entry.started))
        throw new Error(`${id} runs without a place`);
    }
  }

  /** How many are under way beside this one, at the most, when it starts. */
  #limitsOf({ own }: QueueEntry): { limit: number; total: number } {
    const { active } = this.table;
    return {
      limit: Math.min(own.limit, active?.limit ?? Infinity),
      total: Math.min(own.total, active?.total ?? Infinity),
    };
  }

  /** A run gets its place: judged at this very moment, for the next one may change what holds. */
  #noteStart(seq: number): void {
    try {
      const entries = this.table.entries();
      const entry = entries.find((one) => one.seq === seq);
      if (!entry) throw new Error(`entry ${seq} started and is not there`);
      this.#checkLimits(entry, entries);
      this.#checkTurn(entry, entries);
    } catch (error) {
      // The queue must not see it: it would take it for a fault of the world.
      this.#violations.push(error as Error);
    }
  }

  /** With it, no more are under way than its own version and the active one allow. */
  #checkLimits(entry: QueueEntry, entries: readonly QueueEntry[]): void {
    const started = entries.filter((other) => other.started);
    const { limit, total } = this.#limitsOf(entry);
    if (started.length > total) throw new Error(`${started.length} run, over the total of ${entry.run_id}`);
    const ofKey = started.filter(({ key }) => key === entry.key).length;
    if (ofKey > limit) throw new Error(`${ofKey} run with the key ${entry.key}, over the limit`);
  }

  /** Nobody of its own class came before it, and nobody at all came much earlier. */
  #checkTurn(entry: QueueEntry, entries: readonly QueueEntry[]): void {
    const beside = entries.filter((other) => other.started && other.seq !== entry.seq);
    for (const other of entries) {
      if (other.started || other.superseded || other.key !== entry.key) continue;
      // Its own version may hold it back from what the active one allows.
      const isHeldBack =
        beside.length >= other.own.total ||
        beside.filter(({ key }) => key === other.key).length >= other.own.limit;
      if (other.priority === entry.priority && other.seq < entry.seq && !isHeldBack)
        throw new Error(`${entry.run_id} overtook ${other.run_id} of its own class`);
      if (other.arrived_at < entry.arrived_at - OVERTAKE_MS)
        throw new Error(`${other.run_id} starves behind ${entry.run_id}`);
    }
    if (this.table.paused) throw new Error(`${entry.run_id} started while the worker was paused`);
    if (entry.superseded) throw new Error(`${entry.run_id} started after it was superseded`);
  }

  #checkEntry(entry: QueueEntry): void {
    if (entry.started || entry.superseded) return;
    if (!this.#queue.describeWait(entry.run_id)?.why)
      throw new Error(`${entry.run_id} waits without a reason`);
  }

  /** Nobody waits while there is room for it. */
  #checkRoom(entries: readonly QueueEntry[]): void {
    if (this.table.paused) return;
    const started = entries.filter((entry) => entry.started);
    const line = lineUp(entries);
    const isFull = (entry: QueueEntry) => {
      const { limit, total } = this.#limitsOf(entry);
      return started.length >= total || started.filter((other) => other.key === entry.key).length >= limit;
    };
    const idle = line.find(
      (entry) =>
        !isFull(entry) &&
        // Places are kept free for one that its own version has held back for long.
        !line.some((other) => isFull(other) && other.arrived_at < entry.arrived_at - OVERTAKE_MS),
    );
    if (idle) throw new Error(`${idle.run_id} waits though there is room`);
  }

  /** Lets the faults end and the world run on; a run that does not come to its end is lost or stuck. */
  async settle(): Promise<void> {
    this.faults = false;
    this.#queue.setPaused(false);
    for (let i = 0; i < 2000; i++) {
      if (this.table.entries().length === 0 && this.#messages.length === 0) break;
      await this.tick();
    }
    const stuck = [...this.runs.values()].find(({ phase }) => phase !== "ended");
    if (stuck) throw new Error(`${stuck.id} was accepted and is ${stuck.phase} for ever`);
    if (this.table.entries().length > 0) throw new Error("a place was never given back");
  }
}

/** Plays one history; throws with the seed and the history when an invariant breaks. */
export async function playQueue(seed: number, random: Random, decide?: Decisions): Promise<QueueWorld> {
  const world = new QueueWorld(random, decide);
  try {
    for (let i = 0; i < 60; i++) await world.tick();
    await world.settle();
    return world;
  } catch (cause) {
    throw new Error(`seed ${seed}: ${(cause as Error).message}\n${world.history.join("\n")}`, { cause });
  }
}
