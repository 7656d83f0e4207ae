import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { workerNameSchema } from "#contract/ids";
import { limits } from "#contract/limits";
import type { MissedRule } from "#contract/manifest/manifest";
import { verifies } from "../../test/verifies.ts";
import { AppError } from "../platform/app-error.ts";
import type { AdmitReply, AdmitRequest } from "../queue/queue-api.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { ScheduleEntry } from "./schedule-api.ts";
import { spreadMs } from "./spread.ts";
import { Scheduler } from "./scheduler.ts";
import type { DueStart, ScheduleMissed } from "./scheduler.ts";
import { numberedId } from "../../test/support/numbered-id.ts";

const TRIGGER = numberedId("trg", 1);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BEGIN = Date.parse("2026-03-02T08:00:30Z");

function entryOf(change: Partial<ScheduleEntry> = {}): ScheduleEntry {
  return {
    trigger_id: TRIGGER,
    name: "schedule-1",
    workspace_id: numberedId("wsp", 1),
    worker_name: workerNameSchema.parse("digest"),
    cron: "0 * * * *",
    timezone: "UTC",
    missed: "once",
    inputs: {},
    paused: false,
    pinned_version: null,
    makers: [],
    ...change,
  };
}

/** A scheduler over real tables, its clock held still, and a queue that takes what it is given. */
class Desk {
  now = BEGIN;
  entries: ScheduleEntry[] = [entryOf()];
  refuse: Error | null = null;
  reconcile: () => Promise<ScheduleEntry[]> = async () => this.entries;
  /** Triggers whose look-ups never come to an end; `hurry` is told when one is to be given up. */
  readonly hanging = new Set<string>();
  hurry: (() => void)[] = [];
  readonly started: string[] = [];
  readonly raised: ScheduleMissed[] = [];
  scheduler: Scheduler;
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.scheduler = this.open();
  }

  /** Also what happens after a crash: a new scheduler over the same tables. */
  open(): Scheduler {
    this.scheduler = new Scheduler({
      sql: this.#sql,
      write: (query, ...values) => void this.#sql.exec(query, ...values).toArray(),
      rearm: () => {},
      waitUntil: () => {},
      clock: () => this.now,
      after: (_ms, act) => {
        this.hurry.push(act);
        return () => {};
      },
      reconcile: () => this.reconcile(),
      prepare: (due) => this.#prepare(due),
      admit: (request) => this.#admit(request),
      raise: (event) => this.raised.push(event),
    });
    return this.scheduler;
  }

  async #prepare({ entry, key }: DueStart): Promise<AdmitRequest<RunSpec>> {
    if (this.hanging.has(entry.trigger_id)) await new Promise(() => {});
    if (this.refuse) throw this.refuse;
    const run = { run_id: `run_${key}`, worker_id: "wrk_1" };
    return { run, idempotency: { key, digest: "" } } as unknown as AdmitRequest<RunSpec>;
  }

  #admit({ run, idempotency }: AdmitRequest<RunSpec>): AdmitReply {
    this.started.push(idempotency?.key ?? "");
    return { kind: "admitted", run_id: run.run_id, started: true, wait: null };
  }

  async settle(): Promise<void> {
    await this.scheduler.expectTriggers("wrk_1");
    await this.scheduler.settleTriggers();
  }

  async wakeAt(time: string | number): Promise<void> {
    this.now = typeof time === "number" ? time : Date.parse(time);
    await this.scheduler.wake(this.now);
  }

  async record(triggerId: string = TRIGGER) {
    const found = await this.scheduler.listOccurrences(triggerId, 500);
    return found.map(({ due_at, status, code }) =>
      `${new Date(due_at).toISOString().slice(5, 16)} ${status} ${code ?? ""}`.trim(),
    );
  }
}

async function atDesk(work: (desk: Desk) => Promise<void>): Promise<void> {
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.newUniqueId());
  await runInDurableObject(stub, async (_instance, state) => work(new Desk(state.storage.sql)));
}

it("a due time starts once, under its own key, and never before its time", () =>
  atDesk(async (desk) => {
    verifies("schedule:start:never-early-never-twice");
    await desk.settle();
    expect(desk.scheduler.nextWake()).toBe(Date.parse("2026-03-02T09:00Z") + spreadMs("wrk_1"));
    await desk.wakeAt("2026-03-02T08:59:59.999Z");
    expect(desk.started).toEqual([]);
    await desk.wakeAt("2026-03-02T09:00:00.000Z");
    await desk.wakeAt("2026-03-02T09:00:00.000Z");
    desk.open();
    await desk.wakeAt("2026-03-02T09:00:01.000Z");
    expect(desk.started).toEqual([`sched:${TRIGGER}:2026-03-02T09:00:00.000Z`]);
    expect(await desk.record()).toEqual(["03-02T09:00 started"]);
    expect(desk.scheduler.nextWake()).toBe(Date.parse("2026-03-02T10:00Z") + spreadMs("wrk_1"));
  }));

it.each<[MissedRule, string[], string[]]>([
  ["skip", [], ["03-02T11:00 skipped missed", "03-02T10:00 skipped missed", "03-02T09:00 skipped missed"]],
  ["once", ["11:00"], ["03-02T11:00 started", "03-02T10:00 skipped missed", "03-02T09:00 skipped missed"]],
  ["all", ["09:00", "10:00", "11:00"], ["03-02T11:00 started", "03-02T10:00 started", "03-02T09:00 started"]],
])("after a downtime, missed: %s does what it says and tells of it", (missed, started, record) =>
  atDesk(async (desk) => {
    verifies("schedule:missed:skip-once-all", "schedule:missed:told");
    desk.entries = [entryOf({ missed })];
    await desk.settle();
    desk.open();
    await desk.wakeAt("2026-03-02T11:20Z");
    expect(desk.started).toEqual(started.map((time) => `sched:${TRIGGER}:2026-03-02T${time}:00.000Z`));
    expect(await desk.record()).toEqual(record);
    expect(desk.raised).toMatchObject([{ type: "schedule_missed", trigger_id: TRIGGER, code: "missed" }]);
  }),
);

it("catching up is bounded in runs and in time, and the record too", () =>
  atDesk(async (desk) => {
    desk.entries = [entryOf({ missed: "all", cron: "* * * * *" })];
    await desk.settle();
    await desk.wakeAt(BEGIN + 30 * 24 * HOUR);
    expect(desk.started).toHaveLength(limits.catch_up_runs.value);
    expect(desk.started.at(-1)).toBe(
      `sched:${TRIGGER}:${new Date(BEGIN + 30 * 24 * HOUR - 30_000).toISOString()}`,
    );
    expect(await desk.record()).toHaveLength(limits.occurrences_kept.value);
    expect(desk.raised).toHaveLength(1);
  }));

it("ten thousand schedules due in one minute all start once", () =>
  atDesk(async (desk) => {
    verifies("schedule:start:ten-thousand-at-once");
    desk.entries = Array.from({ length: 10_000 }, (_, number) =>
      entryOf({ trigger_id: numberedId("trg", number) }),
    );
    await desk.settle();
    await desk.wakeAt("2026-03-02T09:00:05Z");
    expect(desk.started).toHaveLength(10_000);
    expect(new Set(desk.started).size).toBe(10_000);
    expect(desk.scheduler.nextWake()).toBe(Date.parse("2026-03-02T10:00Z") + spreadMs("wrk_1"));
    await desk.wakeAt("2026-03-02T09:00:06Z");
    expect(desk.started).toHaveLength(10_000);
  }));

it("a look-up that hangs delays no other schedule, and is given up and tried again", () =>
  atDesk(async (desk) => {
    verifies("queue:wake:nobody-delays-others");
    const other = numberedId("trg", 2);
    desk.entries = [entryOf(), { ...entryOf(), trigger_id: other, name: "other" }];
    await desk.settle();
    desk.hanging.add(TRIGGER);
    desk.now = Date.parse("2026-03-02T09:00:00Z");
    const waking = desk.scheduler.wake(desk.now);
    await expect.poll(() => desk.started).toEqual([`sched:${other}:2026-03-02T09:00:00.000Z`]);
    // The alarm may ring again meanwhile; nothing begins twice, and it rings once more.
    await desk.scheduler.wake(desk.now);
    expect(desk.scheduler.nextWake()).toBeGreaterThan(desk.now);
    for (const giveUp of desk.hurry) giveUp();
    await waking;
    desk.hanging.clear();
    await desk.wakeAt(desk.scheduler.nextWake() ?? 0);
    expect(await desk.record()).toEqual(["03-02T09:00 started"]);
    expect(desk.started).toHaveLength(2);
  }));

it("a refusal for good is on record with its reason, and told at once", () =>
  atDesk(async (desk) => {
    await desk.settle();
    desk.refuse = new AppError("missing_secrets", "digest needs secrets that are not set: KEY.");
    await desk.wakeAt("2026-03-02T09:00Z");
    expect(await desk.record()).toEqual(["03-02T09:00 failed missing_secrets"]);
    expect(desk.raised).toMatchObject([{ code: "missing_secrets", due_at: "2026-03-02T09:00:00.000Z" }]);
  }));

it("a passing refusal is tried again until it starts, and told once when that takes too long", () =>
  atDesk(async (desk) => {
    verifies("schedule:missed:told");
    await desk.settle();
    desk.refuse = new AppError("queue_full", "digest has 10000 runs waiting.");
    await desk.wakeAt("2026-03-02T09:00Z");
    expect(await desk.record()).toEqual(["03-02T09:00 due"]);
    for (let minute = 1; minute <= 9; minute++)
      await desk.wakeAt(Date.parse("2026-03-02T09:00Z") + minute * MINUTE);
    expect(desk.raised).toMatchObject([{ code: "queue_full" }]);
    desk.refuse = null;
    await desk.wakeAt("2026-03-02T09:10Z");
    expect(await desk.record()).toEqual(["03-02T09:00 started"]);
    expect(desk.raised).toHaveLength(1);
  }));

it("a paused worker's schedule leaves its times out without an alarm", () =>
  atDesk(async (desk) => {
    await desk.settle();
    desk.refuse = new AppError("worker_paused", "digest is paused.");
    await desk.wakeAt("2026-03-02T09:00Z");
    expect(await desk.record()).toEqual(["03-02T09:00 skipped worker_paused"]);
    expect(desk.raised).toEqual([]);
  }));

it("a paused trigger is not due, and resuming begins with the next time", () =>
  atDesk(async (desk) => {
    verifies("schedule:pause:nothing-made-up-for");
    await desk.settle();
    desk.entries = [entryOf({ paused: true, missed: "all" })];
    await desk.settle();
    expect(desk.scheduler.nextWake()).toBeNull();
    await desk.wakeAt("2026-03-02T12:30Z");
    desk.entries = [entryOf({ missed: "all" })];
    await desk.settle();
    await desk.wakeAt("2026-03-02T13:00Z");
    expect(desk.started).toEqual([`sched:${TRIGGER}:2026-03-02T13:00:00.000Z`]);
  }));

it("triggers that were announced and never settled are settled by the object itself", () =>
  atDesk(async (desk) => {
    verifies("schedule:reconcile:survives-a-crash");
    await desk.scheduler.expectTriggers("wrk_1");
    desk.open();
    const settleAt = desk.scheduler.nextWake() ?? 0;
    expect(settleAt).toBeGreaterThan(BEGIN);
    await desk.wakeAt(settleAt);
    expect(desk.scheduler.nextWake()).toBe(Date.parse("2026-03-02T09:00Z") + spreadMs("wrk_1"));
  }));

it("a clock that is set back starts nothing again", () =>
  atDesk(async (desk) => {
    desk.entries = [entryOf({ cron: "* * * * *" })];
    await desk.settle();
    await desk.wakeAt("2026-03-02T08:02:00Z");
    const before = desk.started.length;
    desk.now = Date.parse("2026-03-02T08:00:59Z");
    desk.entries = [entryOf({ cron: "*/1 * * * *" })];
    await desk.settle();
    await desk.wakeAt("2026-03-02T08:02:00Z");
    expect(desk.started).toHaveLength(before);
    expect(new Set(desk.started).size).toBe(before);
  }));

it("after an outage of hours all times of a schedule are tried together, and start in their order once it is over", () =>
  atDesk(async (desk) => {
    verifies("chaos:simulation:together");
    desk.entries = [entryOf({ cron: "*/5 * * * *", missed: "all" })];
    await desk.settle();
    desk.refuse = new Error("the database is away");
    let wakes = 0;
    for (; desk.now < BEGIN + 6 * 3_600_000; wakes++)
      await desk.wakeAt(desk.scheduler.nextWake() ?? Infinity);
    // One try a minute, and a wake-up for each new time.
    expect(wakes).toBeLessThan(6 * 60 + 2 * 72);
    desk.refuse = null;
    await desk.wakeAt(desk.scheduler.nextWake() ?? Infinity);
    const due = desk.started.map((key) => key.slice(-24));
    expect(due.length).toBeGreaterThanOrEqual(72);
    expect(due).toEqual(due.toSorted());
  }));

it("while the database is away a worker's object looks for its triggers once a minute", () =>
  atDesk(async (desk) => {
    verifies("chaos:simulation:together");
    await desk.scheduler.expectTriggers("wrk_1");
    desk.reconcile = async () => {
      throw new Error("the database is away");
    };
    await desk.wakeAt(BEGIN + 10_000);
    expect(desk.scheduler.nextWake()).toBe(BEGIN + 70_000);
  }));
