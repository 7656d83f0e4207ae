import { setImmediate as nextTurn } from "node:timers/promises";
import { numberedId } from "../../support/numbered-id.ts";
import { createRandom } from "../../support/random.ts";
import type { Random } from "../../support/random.ts";
import { createMemorySql } from "../sql-in-memory.ts";
import { Laws } from "./laws.ts";
import type { RunHome } from "./run-home.ts";
import { SimFloom } from "./sim-floom.ts";
import type { Tampering } from "./sim-floom.ts";
import { Life, Surroundings } from "./surroundings.ts";
import { workerName, workspaceId } from "./versions.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
/** How long people, schedules and deploys keep the worker busy. */
const BUSY_MS = 80 * MINUTE;
/** By then every run must have ended, whatever goes on failing. */
const LONGEST_MS = 5 * DAY;
const MOST_EVENTS = 60_000;

/** What went on in one history, for tests that look whether histories reach what they are to reach. */
export interface Played {
  ends: string[];
  scheduled: number;
  followUps: number;
  /** The most that the alarm of a run, and that of the worker, rang in a day. */
  rings: { run: number; worker: number };
  events: number;
}

/**
 * Run, queue and schedules in one history: a schedule fires, the queue takes its run in, the engine runs it, people
 * decide, and the place is given back. All of that is the real code; what the parts say to each other and to the world
 * outside fails as the seed has it, once, some times or for ever, and every object goes away between any two awaits.
 */
export class TogetherWorld {
  readonly surroundings: Surroundings;
  readonly floom: SimFloom;
  readonly laws: Laws;
  #events = 0;

  constructor(random: Random, { tampering, silences }: { tampering: Tampering; silences: Random | null }) {
    this.surroundings = new Surroundings(random);
    if (tampering.strike) this.surroundings.faults.strike(tampering.strike);
    this.floom = new SimFloom(this.surroundings, { sql: createMemorySql(), tampering, silences });
    this.laws = new Laws(this.surroundings, this.floom);
    this.floom.witness = this.laws;
  }

  /** Plays the history to its end. Throws when a law was broken. */
  async play(): Promise<Played> {
    this.#plan();
    const { timers } = this.surroundings;
    const begin = this.surroundings.now;
    while (this.surroundings.now < begin + BUSY_MS && timers.nextAt() !== null) await this.#step();
    this.#close();
    while (!this.#isAtRest()) {
      await this.#step();
      if (this.surroundings.now > begin + LONGEST_MS || timers.nextAt() === null) break;
    }
    this.#judge();
    return this.#sum();
  }

  async #step(): Promise<void> {
    const { timers } = this.surroundings;
    this.surroundings.now = Math.max(this.surroundings.now, timers.nextAt() ?? 0);
    timers.fireFirst();
    await nextTurn();
    this.laws.check();
    const [violation] = this.surroundings.violations;
    if (violation !== undefined) throw new Error(violation);
    if (++this.#events > MOST_EVENTS) throw new Error(`more than ${MOST_EVENTS} things have happened`);
  }

  /** What people and deploys will do while the worker is busy. */
  #plan(): void {
    const { random, timers } = this.surroundings;
    const sometime = (act: () => void) => timers.after(random.below(BUSY_MS), act);
    for (let number = random.below(3); number > 0; number--) this.#addSchedule(number);
    for (let number = 1 + random.below(4); number > 0; number--) sometime(() => void this.#startRun(number));
    for (let count = random.below(3); count > 0; count--)
      sometime(() => void this.floom.activate(random.pick(this.floom.versions) ?? this.floom.active));
    for (let count = random.below(5); count > 0; count--) sometime(() => this.#cancelOne());
    if (random.chance(0.3)) this.#planPause();
    for (let count = random.below(25); count > 0; count--) sometime(() => this.#speak());
    void this.floom.activate(this.floom.active);
  }

  #addSchedule(number: number): void {
    const { random } = this.surroundings;
    this.floom.schedules.push({
      trigger_id: numberedId("trg", number),
      name: `schedule-${number}`,
      workspace_id: workspaceId,
      worker_name: workerName,
      cron: random.pick(["*/20 * * * *", "5 * * * *"]) ?? "@hourly",
      timezone: "UTC",
      missed: random.pick(["skip", "once", "all"] as const) ?? "all",
      inputs: {},
      paused: false,
      pinned_version: null,
      makers: [],
    });
  }

  /** Somebody asks for a run, and again under the same key when there is no answer. */
  async #startRun(number: number): Promise<void> {
    const { random } = this.surroundings;
    const version = random.chance(0.7) ? this.floom.active : random.pick(this.floom.versions);
    for (let tries = 0; version && tries < 3; tries++) {
      const order = { key: `manual-${number}`, customer: `c${random.below(2)}` };
      const request = await this.floom.order(version, order);
      if (await this.floom.toWorker(({ queue }) => queue.admit(request))) return;
    }
  }

  #planPause(): void {
    const { random, timers } = this.surroundings;
    const from = random.below(BUSY_MS);
    const lasts = random.below(BUSY_MS - from);
    const set = (paused: boolean) => void this.floom.toWorker(({ queue }) => queue.setPaused(paused));
    timers.after(from, () => set(true));
    timers.after(from + lasts, () => set(false));
    this.laws.pausedMs = BUSY_MS - from + MINUTE;
  }

  #pickRun(...phases: string[]) {
    const homes = [...this.floom.homes.values()];
    return this.surroundings.random.pick(homes.filter(({ seen }) => phases.includes(seen?.phase ?? "")));
  }

  #toRun(act: () => unknown): void {
    void this.surroundings.call(new Life(() => {}), "runs", act).catch(() => {});
  }

  #cancelOne(): void {
    const home = this.#pickRun("waiting", "launching", "running", "finishing", "backoff", "held", "resuming");
    if (home) this.#cancel(home);
  }

  #cancel(home: RunHome): void {
    this.surroundings.note(`somebody cancels ${home.id}`);
    this.#toRun(() => home.reach(() => home.cancel()));
  }

  /** Somebody decides, or what was awaited comes. */
  #speak(): void {
    const { random } = this.surroundings;
    const home = this.#pickRun("held");
    if (!home) return;
    const vote = {
      principal: `person-${random.below(3)}`,
      decision: random.chance(0.8) ? ("approved" as const) : ("rejected" as const),
      reason: null,
      edited_output: null,
      annotations: null,
    };
    this.surroundings.note(`somebody speaks to ${home.id}`);
    // And somebody thinks better of it.
    const thinksFor = random.below(random.pick([500, 5000, 60_000]) ?? 0);
    if (random.chance(0.3)) this.surroundings.timers.after(thinksFor, () => this.#cancel(home));
    this.#toRun(() =>
      home.reach(async () => {
        const { wait } = home.open();
        await (home.record?.state.hold?.kind === "approval"
          ? wait.decide(vote)
          : wait.resume({ key: "order", payload: 1 }));
      }),
    );
  }

  /** Nobody asks for anything any more, and only what never ends goes on failing. */
  #close(): void {
    this.surroundings.note("calm");
    this.surroundings.faults.calm();
    this.floom.isClosing = true;
    for (const entry of this.floom.schedules) entry.paused = true;
    void this.floom.activate(this.floom.active);
    this.floom.worker.queue.setPaused(false);
  }

  /** Has every run ended and its place been given back, and is nothing owed that can be had? */
  #isAtRest(): boolean {
    const homes = [...this.floom.homes.values()];
    if (homes.some(({ isSilent }) => isSilent)) return false;
    if (homes.some((home) => home.look() && home.look()?.phase !== "ended")) return false;
    // Where no run has a home yet, one may still be on its way to the queue.
    if (this.#oweNothing().some((way) => this.surroundings.faults.isBroken(way))) return this.#ranOut();
    return homes.every(({ alarm }) => alarm.at === null && !alarm.isRinging) && this.#isQueueEmpty();
  }

  #oweNothing() {
    return ["rows", "storage_put", "kill", "release", "hand_over", "queue", "runs", "prepare"] as const;
  }

  /** Enough has been seen of what can never be done; what can be is done some minutes after the last end. */
  #ranOut(): boolean {
    const { now } = this.surroundings;
    const ends = [...this.floom.homes.values()].map(({ seen }) => seen?.since ?? 0);
    return now > Date.parse("2026-10-26T00:00:00Z") && now > Math.max(0, ...ends) + 10 * MINUTE;
  }

  #isQueueEmpty(): boolean {
    return this.floom.worker.facts().entries.length === 0;
  }

  #judge(): void {
    const { faults } = this.surroundings;
    for (const id of this.floom.admitted) this.#judgeRun(id, this.floom.homes.get(id)?.look()?.phase ?? null);
    const canHandOver = !faults.isBroken("hand_over") && !faults.isBroken("rows");
    if (canHandOver && !this.#isQueueEmpty()) throw new Error("a place was never given back");
    const left = this.floom.provider.sandboxes.find(({ isAlive }) => isAlive);
    if (left && !faults.isBroken("kill")) throw new Error(`${left.id} was left behind`);
  }

  #judgeRun(id: string, phase: string | null): void {
    const { faults } = this.surroundings;
    const home = this.floom.homes.get(id);
    const wasGivenUp = this.floom.givenUp.has(id);
    if (home?.isPoison || (phase === null && wasGivenUp)) return;
    // An object may have taken a run and its word of that be lost each time: it is silent all the same.
    const wasSilent = home?.silence || faults.isBroken("hand_over");
    if (wasGivenUp && !wasSilent) throw new Error(`${id} was given up and is well`);
    if (phase === null && faults.isBroken("hand_over")) return;
    if (phase !== "ended") throw new Error(`${id} is ${phase} for ever`);
    // It may have ended by itself before it was given up, and could tell nobody.
    if (wasGivenUp) return;
    const status = this.floom.rows.get(id);
    if (!faults.isBroken("rows") && status !== this.laws.ends.get(id))
      throw new Error(`the lists say that ${id} is ${status}, and it is ${this.laws.ends.get(id)}`);
  }

  #sum(): Played {
    const homes = [...this.floom.homes.values()];
    return {
      ends: [...this.laws.ends.values()],
      scheduled: this.floom.schedules.length,
      followUps: this.floom.askedBy.size,
      rings: {
        run: Math.max(0, ...homes.map(({ alarm }) => alarm.mostRings)),
        worker: this.floom.worker.alarm.mostRings,
      },
      events: this.#events,
    };
  }
}

/** In one history of so many some objects fall silent for long, and come back. */
const SILENT_SHARE = 0.15;

/** Where the silences of a history come from: chance of their own, so that all else in it stays as it is. */
function drawSilences(seed: number): Random | null {
  const own = createRandom(seed ^ 0x51_1e_18);
  return own.chance(SILENT_SHARE) ? own : null;
}

/** Plays one history; throws with the seed and what happened when something does not hold. */
export async function playTogether(seed: number, random: Random, tampering: Tampering = {}): Promise<Played> {
  const world = new TogetherWorld(random, { tampering, silences: drawSilences(seed) });
  try {
    return await world.play();
  } catch (cause) {
    const { history } = world.surroundings;
    throw new Error(`seed ${seed}: ${(cause as Error).message}\n${history.join("\n")}`, { cause });
  }
}
