import { expect, it } from "vitest";
import { MemoryQueueTable } from "../../test/simulation/queue-table-in-memory.ts";
import { numberedId } from "../../test/support/numbered-id.ts";
import { verifies } from "../../test/verifies.ts";
import type { QueuedRun } from "./queue-api.ts";
import { RunQueue } from "./run-queue.ts";

/** A queue over a table that outlives it, with its clock and the answers of its runs' objects held by the test. */
class Desk {
  now = 1_000_000;
  readonly table = new MemoryQueueTable();
  /** Runs told, in order; once a run is in `silent`, its object does not answer any more. */
  readonly told: string[] = [];
  readonly silent = new Set<string>();
  readonly failing = new Map<string, Error>();
  readonly givenUp: string[] = [];
  /** The calls that put runs into the lists, each with its runs. */
  readonly enlisted: string[][] = [];
  listsAreAway = false;
  triedToGiveUp = 0;
  underWay = 0;
  mostUnderWay = 0;
  readonly #timers = new Set<{ at: number; act: () => void }>();
  queue = this.open();

  /** A new life of the object. */
  open(): RunQueue<QueuedRun> {
    return (this.queue = new RunQueue<QueuedRun>({
      table: this.table.open(() => true),
      enlist: async (runs) => {
        this.enlisted.push(runs.map(({ run_id }) => run_id));
        if (this.listsAreAway) throw new Error("the database is away");
      },
      rearm: () => {},
      waitUntil: (work) => void work,
      clock: () => this.now,
      random: () => 0,
      after: (ms, act) => {
        const timer = { at: this.now + ms, act };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      handOver: (run) => this.#tell(run),
      supersede: (run) => this.#tell(run),
      giveUp: async ({ run_id }) => {
        this.triedToGiveUp += 1;
        if (this.listsAreAway) throw new Error("the database is away");
        this.givenUp.push(run_id);
      },
    }));
  }

  async #tell({ run_id }: QueuedRun): Promise<{ ended: boolean }> {
    this.told.push(run_id);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    if (this.silent.has(run_id)) await new Promise(() => {});
    await settled();
    this.underWay -= 1;
    const error = this.failing.get(run_id);
    if (error) throw error;
    return { ended: false };
  }

  admit(number: number, limit: number, more: Partial<QueuedRun> = {}): void {
    const run_id = numberedId("run", number);
    const concurrency = { key: "", limit, total: limit, on_conflict: "queue" as const };
    this.queue.admit({ run: { run_id, priority: "normal", ...more }, idempotency: null, concurrency });
  }

  /** Time passes until `at`, which what happens on the way may change. */
  async #passTo(at: () => number): Promise<void> {
    for (;;) {
      const [timer] = [...this.#timers].filter((one) => one.at <= at()).sort((a, b) => a.at - b.at);
      this.now = Math.max(this.now, timer?.at ?? at());
      if (!timer) return settled();
      this.#timers.delete(timer);
      timer.act();
      await settled();
    }
  }

  /** Lets the alarm ring at its time, for a new life of the object if it `sleeps` in between; answers who was told. */
  async ring(sleeps = false): Promise<string[]> {
    const before = this.told.length;
    await this.#passTo(() => Math.max(this.now, this.queue.nextWake() ?? this.now));
    if (sleeps) this.open();
    await this.queue.wake(this.now);
    await settled();
    return this.told.slice(before);
  }
}

const settled = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
const run = (number: number) => numberedId("run", number);

it("a run whose object is silent keeps the queue from nothing, and is asked again ever more seldom", async () => {
  verifies("queue:wake:nobody-delays-others");
  const desk = new Desk();
  desk.silent.add(run(1));
  desk.failing.set(run(2), new Error("reset"));
  for (const number of [1, 2, 3]) desk.admit(number, 9);
  await settled();
  expect(desk.told).toEqual([run(1), run(2), run(3)]);
  const times: number[] = [];
  for (let i = 0; i < 40; i++) if ((await desk.ring()).includes(run(1))) times.push(desk.now);
  const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
  expect(gaps.length).toBeGreaterThan(4);
  expect(gaps).toEqual(gaps.toSorted((a, b) => a - b));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(400_000);
  expect(desk.told.filter((id) => id === run(3)).length).toBeLessThan(20);
});

it("ten thousand waiting runs are told in turns, a few at once, and after a restart not all over again", async () => {
  verifies("queue:wake:nobody-delays-others");
  const desk = new Desk();
  for (let number = 1; number <= 10_000; number++) {
    const waiting = { seq: number, run_id: run(number), key: "", priority: "normal" as const };
    const entry = { ...waiting, arrived_at: 0, superseded: false, own: { limit: 1, total: 1 } };
    desk.table
      .open(() => true)
      .insert({ ...entry, started: number === 1 }, { run_id: run(number), priority: "normal" });
  }
  desk.open();
  for (let told = 0; told < 3000;) {
    const batch = (await desk.ring()).length;
    expect(batch).toBeGreaterThan(0);
    expect(batch).toBeLessThanOrEqual(200);
    for (let i = 0; i < 30; i++) await settled();
    told = new Set(desk.told).size;
  }
  expect(desk.mostUnderWay).toBeLessThanOrEqual(20);
  desk.open();
  const again = await desk.ring();
  expect(again).toContain(run(1));
  expect(again.filter((id) => desk.told.indexOf(id) < 2500)).toEqual([run(1)]);
});

it("once all have been told, the sweep asks those that hold a place and leaves those that wait alone", async () => {
  const desk = new Desk();
  for (const number of [1, 2, 3]) desk.admit(number, 1);
  await settled();
  const start = desk.now;
  expect(await desk.ring()).toEqual([]);
  expect(await desk.ring()).toEqual([run(1)]);
  expect(desk.now - start).toBe(300_000);
});

const patient = { queue_ttl_seconds: 3600 };

it("a run that may wait long is not told before its turn comes, and stands in the lists all the same", async () => {
  verifies("queue:budget:waiting");
  const desk = new Desk();
  for (const number of [1, 2, 3]) desk.admit(number, 1, patient);
  await desk.ring();
  expect([desk.told, desk.enlisted]).toEqual([[run(1)], [[run(2), run(3)]]]);
  desk.queue.release(run(1));
  await settled();
  expect(desk.told).toEqual([run(1), run(2)]);
});

it("one that waits is told when somebody asks for it, once, and no run of another queue is", async () => {
  verifies("queue:budget:waiting");
  const desk = new Desk();
  for (const number of [1, 2]) desk.admit(number, 1, patient);
  expect(await Promise.all([1, 2, 2, 3].map((number) => desk.queue.tell(run(number))))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(desk.told).toEqual([run(1), run(2)]);
});

it("one that nobody asks for is told within a minute, also where its queue has slept or the lists were away", async () => {
  verifies("queue:budget:waiting");
  for (const sleeps of [false, true]) {
    const desk = new Desk();
    desk.listsAreAway = true;
    for (const number of [1, 2]) desk.admit(number, 1, patient);
    const start = desk.now;
    for (let rings = 0; rings < 3 && !desk.told.includes(run(2)); rings++) await desk.ring(sleeps);
    expect(desk.told).toContain(run(2));
    expect(desk.now - start).toBeLessThanOrEqual(60_000);
  }
});

it("one that may not wait for an hour is told at once, for its own object ends its patience", async () => {
  const desk = new Desk();
  for (const number of [1, 2]) desk.admit(number, 1, { queue_ttl_seconds: 3599 });
  await settled();
  expect([desk.told, desk.enlisted]).toEqual([[run(1), run(2)], []]);
});

it("a run whose object throws whatever it is told is given up after ten times, and its place is free", async () => {
  verifies("queue:poison:given-up");
  const desk = new Desk();
  desk.failing.set(run(1), Object.assign(new Error("unreadable"), { remote: true }));
  for (const number of [1, 2]) desk.admit(number, 1);
  await settled();
  const start = desk.now;
  for (let tries = 1; desk.givenUp.length === 0; tries++) {
    expect(tries).toBeLessThan(20);
    // What was counted outlives the object.
    if (tries === 6) desk.open();
    await desk.ring();
  }
  expect(desk.givenUp).toEqual([run(1)]);
  expect(desk.now - start).toBeGreaterThan(300_000);
  expect(desk.table.entries().map(({ run_id, started }) => [run_id, started])).toEqual([[run(2), true]]);
});

it("a run whose object never answers is given up as well, within half an hour, and its place is free", async () => {
  verifies("queue:silent:given-up");
  const desk = new Desk();
  desk.silent.add(run(1));
  for (const number of [1, 2]) desk.admit(number, 1);
  await settled();
  const start = desk.now;
  for (let rings = 1; desk.givenUp.length === 0; rings++) {
    expect(rings).toBeLessThan(60);
    await desk.ring();
  }
  expect(desk.givenUp).toEqual([run(1)]);
  expect(desk.now - start).toBeGreaterThan(300_000);
  expect(desk.now - start).toBeLessThan(1_800_000);
  expect(desk.table.entries().map(({ run_id, started }) => [run_id, started])).toEqual([[run(2), true]]);
});

it("between the last word to a run and its being given up lie five minutes, also where the queue's object sleeps", async () => {
  verifies("queue:given-up:begins-no-more");
  for (const sleeps of [false, true]) {
    const desk = new Desk();
    desk.silent.add(run(1));
    desk.admit(1, 1);
    await settled();
    let lastWord = desk.now;
    for (let rings = 1; desk.givenUp.length === 0; rings++) {
      expect(rings).toBeLessThan(60);
      // Somebody looks at the run every time, for whom its object is told again.
      void desk.queue.tell(run(1));
      const before = desk.now;
      if ((await desk.ring(sleeps && rings > 9)).length > 0) lastWord = before;
    }
    expect(desk.now - lastWord).toBeGreaterThanOrEqual(300_000);
  }
});

it("a run whose object asks by itself whether it is awaited is told so, and is not given up", async () => {
  verifies("queue:given-up:begins-no-more");
  const desk = new Desk();
  desk.silent.add(run(1));
  desk.admit(1, 1);
  await settled();
  for (let rings = 0; rings < 60; rings++) {
    await desk.ring();
    if (rings % 9 === 0) expect(desk.queue.awaits(run(1))).toBe(true);
  }
  expect(desk.givenUp).toEqual([]);
  expect(desk.queue.awaits(run(2))).toBe(false);
});

it("a run that is being given up is awaited no more, whatever becomes of the word of it and of the queue's object", async () => {
  verifies("queue:given-up:begins-no-more");
  const desk = new Desk();
  desk.silent.add(run(1));
  desk.listsAreAway = true;
  desk.admit(1, 1);
  await settled();
  for (let rings = 1; desk.triedToGiveUp === 0; rings++) {
    expect(rings).toBeLessThan(60);
    await desk.ring();
  }
  expect(desk.queue.awaits(run(1))).toBe(false);
  expect(desk.open().awaits(run(1))).toBe(false);
  const told = desk.told.length;
  desk.listsAreAway = false;
  while (desk.givenUp.length === 0) await desk.ring();
  expect(desk.table.entries()).toEqual([]);
  expect(desk.told).toHaveLength(told);
});

it("a run whose object is silent now and then, and answers in between, is not given up", async () => {
  const desk = new Desk();
  desk.admit(1, 1);
  await settled();
  for (let i = 0; i < 40; i++) {
    if (i % 5 === 4) desk.silent.delete(run(1));
    else desk.silent.add(run(1));
    await desk.ring();
  }
  expect(desk.givenUp).toEqual([]);
});

it("the alarm of a queue in which nothing happens grows rare, also when its object has slept in between", async () => {
  verifies("queue:budget:silent-hour");
  for (const sleeps of [false, true]) {
    const desk = new Desk();
    desk.admit(1, 9);
    await settled();
    const start = desk.now;
    const sweeps: number[] = [];
    const alarms: number[] = [];
    while (desk.now < start + 3 * 3_600_000) {
      const told = await desk.ring(sleeps && alarms.length > 0);
      alarms.push((desk.now - start) / 60_000);
      if (told.length > 0) sweeps.push((desk.now - start) / 60_000);
    }
    expect(sweeps.slice(0, 6).map(Math.round)).toEqual([15, 45, 75, 105, 135, 165]);
    expect(alarms.filter((at) => at > 1)).toEqual(sweeps);
  }
});

it("while somebody waits for a place, those that hold one are asked every five minutes", async () => {
  const desk = new Desk();
  for (const number of [1, 2]) desk.admit(number, 1);
  await settled();
  const sweeps: number[] = [];
  const start = desk.now;
  while (desk.now < start + 1_800_000)
    if ((await desk.ring()).length > 0) sweeps.push(Math.round((desk.now - start) / 60_000));
  expect(sweeps).toEqual([5, 10, 15, 20, 25, 30]);
});

it("a run whose object is reset, overloaded or away is never given up", async () => {
  const desk = new Desk();
  for (const marks of [{}, { remote: true, retryable: true }, { remote: true, overloaded: true }]) {
    desk.failing.set(run(1), Object.assign(new Error("away"), marks));
    desk.admit(1, 1);
    for (let i = 0; i < 20; i++) await desk.ring();
    expect(desk.givenUp).toEqual([]);
  }
});

it("no patience is spent while the worker is paused, and deleting it lets patience run again", () => {
  verifies("queue:ttl:pause-stands-still");
  const desk = new Desk();
  const minute = 60_000;
  desk.queue.setPaused(true);
  desk.now += minute;
  desk.admit(1, 1);
  desk.now += 2 * minute;
  expect(desk.queue.pausedMs(run(1))).toBe(2 * minute);
  desk.queue.setPaused(false);
  desk.admit(2, 1);
  desk.now += 5 * minute;
  desk.queue.setPaused(true);
  desk.now += 3 * minute;
  expect(desk.queue.pausedMs(run(1))).toBe(5 * minute);
  expect(desk.open().pausedMs(run(2))).toBe(3 * minute);
  desk.queue.endPatience();
  desk.now += 9 * minute;
  expect(desk.queue.pausedMs(run(2))).toBe(3 * minute);
  expect(desk.queue.pausedMs(run(3))).toBe(0);
});

it("a run whose object is away for hours is tried ever more seldom, also where the queue's object sleeps in between", async () => {
  verifies("chaos:simulation:together");
  const desk = new Desk();
  const run = numberedId("run", 1);
  desk.failing.set(run, new Error("could not be reached"));
  desk.admit(1, 1);
  await settled();
  const end = desk.now + 6 * 3_600_000;
  let wakes = 0;
  for (; desk.now < end && wakes < 1000; wakes++) {
    const at = desk.queue.nextWake() ?? end;
    // It sleeps when nobody has asked it anything for ten seconds.
    if (at - desk.now > 10_000) desk.open();
    desk.now = Math.max(desk.now, at);
    await desk.queue.wake(desk.now);
    await settled();
  }
  expect(desk.now).toBeGreaterThanOrEqual(end);
  expect(wakes).toBeLessThan(200);
});

it("a run that had to wait for hours is told again soon when the word that it may start was lost", async () => {
  verifies("queue:handover:repeated");
  const desk = new Desk();
  for (const number of [1, 2]) desk.admit(number, 1);
  await settled();
  desk.now += 6 * 3_600_000;
  desk.failing.set(run(2), new Error("could not be reached"));
  desk.queue.release(run(1));
  await settled();
  // The object goes away before it tries again, and the next one is as unlucky.
  expect(await desk.ring(true)).toEqual([run(2)]);
  const failedAt = desk.now;
  desk.failing.clear();
  while (!(await desk.ring()).includes(run(2)));
  expect(desk.now - failedAt).toBeLessThanOrEqual(30_000);
});
