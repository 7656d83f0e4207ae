import { workerNameSchema } from "#contract/ids";
import type { MissedRule } from "#contract/manifest/manifest";
import { parseCron } from "../../worker/registry/cron/parse-cron.ts";
import type { AdmitRequest } from "../../worker/queue/queue-api.ts";
import { nextFire } from "../../worker/schedules/next-fire.ts";
import type { OccurrenceRecord, ScheduleEntry } from "../../worker/schedules/schedule-api.ts";
import type { RunSpec } from "../../worker/runs/spec/run-spec.ts";
import { Scheduler } from "../../worker/schedules/scheduler.ts";
import type { DueStart } from "../../worker/schedules/scheduler.ts";
import type { Random } from "../support/random.ts";
import { createMemorySql } from "./sql-in-memory.ts";
import { numberedId } from "../support/numbered-id.ts";
import { settled, VirtualTimers } from "./virtual-timers.ts";

const MINUTE = 60_000;
/** Things that happen in a history before the world calms down. */
const STEPS = 150;
const BEGIN = Date.parse("2026-10-24T20:00:10Z");

/**
 * One worker's real Scheduler in a world that fails: the object goes away at any await, what it asks for comes late,
 * fails before or after it had its effect, and clocks jump. What is durable is the tables and the alarm. The queue here
 * remembers no idempotency key: that nothing starts twice must not hang on one.
 */
export class ScheduleWorld {
  now = BEGIN;
  readonly history: string[] = [];
  /** Keys of the runs that were taken in, in order. */
  readonly admitted: string[] = [];
  /** What must never happen and did. */
  readonly violations: string[] = [];
  readonly entries: ScheduleEntry[];
  faults = true;
  readonly #sql = createMemorySql();
  readonly #random: Random;
  readonly #waiting: (() => void)[] = [];
  readonly #timers = new VirtualTimers(() => this.now);
  #scheduler: Scheduler;
  #life = 0;
  #alarmAt: number | null = null;
  #waking = false;

  constructor(random: Random) {
    this.#random = random;
    this.entries = Array.from({ length: 1 + random.below(3) }, (_, number) => this.#randomEntry(number));
    this.#scheduler = this.#wakeUp();
  }

  #randomEntry(number: number): ScheduleEntry {
    return {
      trigger_id: numberedId("trg", number),
      name: `schedule-${number}`,
      workspace_id: numberedId("wsp", 1),
      worker_name: workerNameSchema.parse("digest"),
      cron: this.#random.pick(["*/20 * * * *", "0 * * * *", "30 2 * * *", "15,45 1-3 * * *"]) ?? "@hourly",
      timezone: this.#random.pick(["UTC", "Europe/Berlin", "America/New_York"]) ?? "UTC",
      missed: this.#random.pick<MissedRule>(["skip", "once", "all", "all"]) ?? "all",
      inputs: {},
      paused: false,
      pinned_version: null,
      makers: [],
    };
  }

  #note(text: string): void {
    this.history.push(`${new Date(this.now).toISOString()} ${text}`);
  }

  /** A new life of the object over the same tables; the old one writes nothing any more. */
  #wakeUp(): Scheduler {
    const life = ++this.#life;
    const alive = () => {
      if (life !== this.#life) throw new Error("the object is gone");
    };
    const scheduler: Scheduler = new Scheduler({
      sql: this.#sql,
      write: (query, ...values) => {
        alive();
        this.#sql.exec(query, ...values).toArray();
      },
      rearm: () => this.#arm(scheduler.nextWake()),
      waitUntil: () => {},
      clock: () => this.now,
      after: this.#timers.after,
      reconcile: async () => {
        await this.#pause();
        if (this.faults && this.#random.chance(0.2)) throw new Error("the database is away");
        return this.entries;
      },
      prepare: (due) => this.#prepare(due),
      admit: ({ idempotency, run }) => {
        alive();
        this.#admit(idempotency?.key ?? "");
        return { kind: "admitted", run_id: run.run_id, started: true, wait: null };
      },
      raise: () => alive(),
    });
    this.#waking = false;
    this.#arm(scheduler.nextWake());
    return scheduler;
  }

  #arm(at: number | null): void {
    if (at !== null && (this.#alarmAt === null || at < this.#alarmAt)) this.#alarmAt = at;
  }

  async #prepare({ key }: DueStart): Promise<AdmitRequest<RunSpec>> {
    await this.#pause();
    if (this.faults && this.#random.chance(0.15)) throw new Error("the database is away");
    const run = { run_id: `run_${this.admitted.length}`, worker_id: "wrk_1" };
    await this.#pause();
    if (this.faults && this.#random.chance(0.1)) throw new Error("the answer was lost");
    return { run, idempotency: { key, digest: "" } } as unknown as AdmitRequest<RunSpec>;
  }

  #admit(key: string): void {
    const due = Date.parse(key.slice(key.indexOf(":", 6) + 1));
    this.#note(`admit ${key}`);
    if (this.now < due) this.violations.push(`${key} started early`);
    if (this.admitted.includes(key)) this.violations.push(`${key} started twice`);
    this.admitted.push(key);
  }

  /** Ends when the world lets it: any other thing may happen before. */
  #pause(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async begin(): Promise<void> {
    await this.#scheduler.expectTriggers("wrk_1");
  }

  /** One thing happens, at random. */
  async step(): Promise<void> {
    const roll = this.#random.next();
    if (roll < 0.55 && this.#waiting.length > 0) this.#resumeOne();
    else if (roll < 0.65 && this.faults) this.#crash();
    else if (roll < 0.72 && this.faults && !this.#waking) this.#jump();
    else this.#passTime();
    this.#timers.fireDue();
    await settled(12);
  }

  #resumeOne(): void {
    const [resume] = this.#waiting.splice(this.#random.below(this.#waiting.length), 1);
    resume?.();
  }

  #crash(): void {
    this.#note("crash");
    this.#waiting.length = 0;
    this.#scheduler = this.#wakeUp();
  }

  /** Downtimes of hours, and clocks that are set back by minutes. */
  #jump(): void {
    const back = this.#random.chance(0.3);
    this.now += back ? -this.#random.below(10 * MINUTE) : this.#random.below(240 * MINUTE);
    this.#note(back ? "clock set back" : "downtime");
  }

  #passTime(): void {
    if (this.#alarmAt === null || this.#waking) {
      this.now += this.#random.below(MINUTE);
      return;
    }
    this.now = Math.max(this.now, this.#alarmAt);
    this.#alarmAt = null;
    this.#waking = true;
    const life = this.#life;
    const scheduler = this.#scheduler;
    void scheduler
      .wake(this.now)
      .catch(() => undefined)
      .finally(() => {
        if (life !== this.#life) return;
        this.#waking = false;
        this.#arm(scheduler.nextWake());
      });
  }

  /** No more faults: everything that is under way comes to its end. */
  async calm(): Promise<void> {
    this.faults = false;
    for (let step = 0; step < 400; step++) {
      while (this.#waiting.length > 0) {
        this.#resumeOne();
        await settled(12);
      }
      // What is due is looked at a few seconds after its time.
      const atRest = !this.#waking && (this.#alarmAt ?? Infinity) > this.now + 5000;
      if (atRest && !(await this.#anyDue())) return;
      this.#passTime();
      this.#timers.fireDue();
      await settled(12);
    }
    throw new Error("it does not come to rest");
  }

  /** A start that failed waits for its next try, which may lie ahead of a clock that was set back. */
  async #anyDue(): Promise<boolean> {
    const records = await Promise.all(this.entries.map((entry) => this.record(entry)));
    return records.flat().some(({ status }) => status === "due");
  }

  record(entry: ScheduleEntry): Promise<OccurrenceRecord[]> {
    return this.#scheduler.listOccurrences(entry.trigger_id, 1000);
  }

  /** Every time of a schedule between the first and the last one on record, and to now: a clock may have been ahead. */
  expected(entry: ScheduleEntry, { first, last }: { first: number; last: number }): number[] {
    const parsed = parseCron(entry.cron);
    const times: number[] = [];
    for (let at: number | null = first - 1; parsed.ok && at !== null;) {
      at = nextFire(parsed.cron, entry.timezone, at);
      if (at === null || at > Math.max(this.now, last)) break;
      times.push(at);
    }
    return times;
  }
}

/** Plays one history; throws when a time was lost, started early or twice, or is not accounted for. */
export async function playSchedules(seed: number, random: Random): Promise<ScheduleWorld> {
  const world = new ScheduleWorld(random);
  await world.begin();
  for (let step = 0; step < STEPS; step++) await world.step();
  await world.calm();
  const fault = world.violations[0] ?? (await findFault(world));
  if (fault !== undefined) throw new Error(`seed ${seed}: ${fault}\n${world.history.join("\n")}`);
  return world;
}

async function findFault(world: ScheduleWorld): Promise<string | undefined> {
  for (const entry of world.entries) {
    const fault = findEntryFault(world, entry, (await world.record(entry)).toReversed());
    if (fault !== undefined) return `${entry.name}: ${fault}`;
  }
  return undefined;
}

function findEntryFault(
  world: ScheduleWorld,
  entry: ScheduleEntry,
  record: readonly OccurrenceRecord[],
): string | undefined {
  const times = record.map(({ due_at }) => due_at);
  const expected =
    times[0] === undefined ? [] : world.expected(entry, { first: times[0], last: times.at(-1) ?? 0 });
  if (times.join() !== expected.join())
    return `the times on record are ${times.join()}, not ${expected.join()}`;

  const odd = record.find(
    ({ status }) => status !== "started" && (entry.missed === "all" || status !== "skipped"),
  );
  if (odd) return `${odd.due_at} is ${odd.status}`;

  const started = record.filter(({ status }) => status === "started").length;
  const admitted = world.admitted.filter((key) => key.startsWith(`sched:${entry.trigger_id}:`)).length;
  return started === admitted ? undefined : `${started} on record as started, ${admitted} taken in`;
}
