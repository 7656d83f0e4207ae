import { expect, it } from "vitest";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { evictsAlways } from "../../../test/support/workerd/eviction.ts";
import { fakeEndsAt } from "../../../test/support/workerd/fake-driver.ts";
import { reuseKey } from "./own-sandbox.ts";

const spec = () => buildTestSpec({ reuse: true });
const away = { kind: "refused", code: "e2b_sandbox_error", message: "away", retryAfterMs: null } as const;
/** The turn of a sandbox that an earlier run has left. */
const turn = `sbx-earlier#2@${start - 60_000}`;

it("a run that went well leaves its sandbox for the next run of its version, and ends none", async () => {
  await withEngine(async (h) => {
    const run = spec();
    await h.engine.accept(run, true);
    await h.post([resultEntry()]);
    // An object that has forgotten that it launched it leaves none: see the next test.
    if (evictsAlways) return expect.poll(() => h.driver.killed).toEqual([`sbx-${run.run_id}-1`]);
    await expect
      .poll(() => h.resting)
      .toMatchObject([
        {
          reuse: reuseKey(run),
          turn: `sbx-${run.run_id}-1#2@${start}`,
          workspace_id: run.workspace_id,
          until: start + 60_000,
          ends_at: fakeEndsAt,
        },
      ]);
    expect(h.driver.killed).toEqual([]);
    // A later life knows of nothing that it would have to end.
    h.evict();
    h.clock.now += 600_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.killed).toEqual([]);
    expect(h.resting).toHaveLength(1);
  });
});

it("what nobody wants is ended, and so is what an object before this one has launched", async () => {
  await withEngine(async (h) => {
    h.keeps = false;
    const run = spec();
    await h.engine.accept(run, true);
    await h.post([resultEntry()]);
    await expect.poll(() => h.driver.killed).toEqual([`sbx-${run.run_id}-1`]);
  });
  await withEngine(async (h) => {
    const run = spec();
    await h.engine.accept(run, true);
    h.evict();
    await h.post([resultEntry()]);
    await expect.poll(() => h.driver.killed).toEqual([`sbx-${run.run_id}-1`]);
    expect(h.resting).toEqual([]);
  });
});

it.each(["failed", "cancelled", "without the word"])("a run that %s ends its sandbox", async (how) => {
  await withEngine(async (h) => {
    const run = how === "without the word" ? buildTestSpec() : spec();
    await h.engine.accept(run, true);
    if (how === "cancelled") await h.engine.dispatch({ type: "cancel" });
    else await h.post([resultEntry(how === "failed" ? { outcome: "failure", error: "no" } : {})]);
    await expect.poll(() => h.driver.killed).toEqual([`sbx-${run.run_id}-1`]);
    expect(h.resting).toEqual([]);
  });
});

it("a turn in a sandbox of earlier runs is written down before its script is started there", async () => {
  await withEngine(async (h) => {
    const kept: unknown[] = [];
    const turns: unknown[] = [];
    h.roomAnswers.push({ kind: "granted", turn });
    h.driver.launch = async (request) => {
      turns.push([request.launch, request.turn, request.chosen]);
      await request.order({
        launch: request.chosen ?? request.launch,
        ...(request.turn ? { turn: request.turn } : {}),
      });
      const { sandbox_id, sandbox_launch } = h.engine.record?.state ?? {};
      kept.push([sandbox_id, sandbox_launch]);
      return away;
    };
    await h.engine.accept(spec(), true);
    h.evict();
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    // The later try has to go on in it, for the script may have begun.
    expect(turns).toEqual([
      [1, turn, null],
      [expect.any(Number), turn, 1],
    ]);
    expect(kept).toEqual([
      [turn, 1],
      [turn, 1],
    ]);
  });
});

it("a turn whose runner is heard need not be asked whether it has begun, and leaves its sandbox as any other", async () => {
  // What waits to hear of it goes with its object.
  if (evictsAlways) return;
  await withEngine(async (h) => {
    const heard: boolean[] = [];
    const ends_at = start + 300_000;
    h.roomAnswers.push({ kind: "granted", turn, ends_at });
    h.driver.launch = async (request) => {
      expect([request.turn, request.turnEndsAt]).toEqual([turn, ends_at]);
      await request.order({ launch: request.launch, turn });
      heard.push(await request.heard());
      return { kind: "launched", sandboxId: turn, launch: 1, endsAt: request.turnEndsAt };
    };
    const run = spec();
    void h.engine.accept(run, true);
    await expect.poll(() => h.engine.record?.state.sandbox_id).toBe(turn);
    const rows = h.meter.rows;
    await h.post([resultEntry()]);
    await expect.poll(() => h.resting).toMatchObject([{ turn: `sbx-earlier#3@${start - 60_000}`, ends_at }]);
    expect(heard).toEqual([true]);
    expect(h.driver.killed).toEqual([]);
    expect(h.engine.view()?.detail.status).toBe("completed");
    // Its journal's part and its end: where it has begun is on the record already.
    expect(h.meter.rows - rows).toBe(2);
  });
});

it("a turn of which nothing is heard for a while is asked whether it has begun", async () => {
  await withEngine(async (h) => {
    const heard: boolean[] = [];
    h.roomAnswers.push({ kind: "granted", turn });
    h.driver.launch = async (request) => {
      await request.order({ launch: request.launch, turn });
      heard.push(await request.heard());
      return { kind: "launched", sandboxId: turn, launch: 1 };
    };
    await h.engine.accept(spec(), true);
    expect(heard).toEqual([false]);
    expect(h.engine.view()?.detail.status).toBe("running");
  });
});

it("a turn that did not end well ends the sandbox by its id, and again while that may have failed", async () => {
  await withEngine(async (h) => {
    h.roomAnswers.push({ kind: "granted", turn });
    const launch = h.driver.launch.bind(h.driver);
    h.driver.launch = async (request) => {
      const order = (made: { launch: number }) => request.order({ ...made, turn });
      const launched = await launch({ ...request, order });
      return launched.kind === "launched" ? { ...launched, sandboxId: turn } : launched;
    };
    const run = spec();
    await h.engine.accept(run, true);
    expect(h.driver.launches[0]?.config).toMatchObject({ use: 2, reuse: true });
    await h.post([resultEntry({ outcome: "failure", error: "no" })]);
    await expect.poll(() => h.driver.killed).toContain(turn);
    h.evict();
    h.driver.killed.length = 0;
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.killed).toEqual([turn, `attempt 1 of ${run.run_id}`]);
  });
});

it("no turn is taken where something is put into a sandbox's requests for this run alone", async () => {
  await withEngine(async (h) => {
    h.resolveSecrets = async () => ({
      values: { KEY: "placeholder" },
      bound: [{ name: "KEY", hosts: ["api.example.com"], header: "authorization", text: "Bearer v" }],
    });
    h.roomAnswers.push({ kind: "granted", turn });
    const run = buildTestSpec({ reuse: true, secrets: ["KEY"] });
    await h.engine.accept(run, true);
    expect(h.driver.launches.map((request) => request.turn)).toEqual([null]);
    await h.post([resultEntry()]);
    await expect.poll(() => h.driver.killed).toEqual([`sbx-${run.run_id}-1`]);
    expect(h.resting).toEqual([]);
  });
});

it("a run that is over at once is written into the lists once, and one that goes on is in them soon", async () => {
  // What it waits for goes with its object.
  if (evictsAlways) return;
  await withEngine(async (h) => {
    void h.engine.accept(spec(), true);
    await expect.poll(() => h.engine.view()?.detail.started_at).not.toBeNull();
    await h.post([resultEntry()]);
    await expect.poll(() => h.released).toHaveLength(1);
    expect(h.projected.map(({ status }) => status)).toEqual(["completed"]);
    await expect.poll(() => h.wakesLetGo).toBe(1);
  });
  await withEngine(async (h) => {
    void h.engine.accept(spec(), true);
    await expect.poll(() => h.projected.map(({ status }) => status)).toEqual(["running"]);
  });
});
