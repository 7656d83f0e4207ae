import { expect, it } from "vitest";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../../test/verifies.ts";
import { saidByOwner } from "../ports/executor.ts";
import type { LaunchRequest } from "../ports/executor.ts";

const away = { kind: "refused", code: "e2b_sandbox_error", message: "away", retryAfterMs: null } as const;

it("a sandbox whose making outlived its object is not started: the script begins once", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  await withEngine(async (h) => {
    const { promise: made, resolve: make } = Promise.withResolvers<void>();
    const launch = h.driver.launch.bind(h.driver);
    h.driver.launch = async (request) => {
      if (request.launch === 1) await made;
      return launch(request);
    };
    void h.engine.accept(buildTestSpec(), true);
    h.evict();
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.engine.view()?.detail.status).toBe("running");
    make();
    await expect.poll(() => h.driver.launches.length).toBe(2);
    const started = h.driver.launches.map(({ launch: number, config }) => [number, config !== null]);
    expect(started).toEqual([
      [2, true],
      [1, false],
    ]);
  });
});

it("a sandbox that comes into being when its run is over is not started either, and is ended minutes later", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  await withEngine(async (h) => {
    const { promise: made, resolve: make } = Promise.withResolvers<void>();
    const launch = h.driver.launch.bind(h.driver);
    h.driver.launch = async (request) => {
      if (request.launch === 1) await made;
      return launch(request);
    };
    const spec = buildTestSpec();
    void h.engine.accept(spec, true);
    h.evict();
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    await h.post([resultEntry()]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("completed");
    make();
    await expect.poll(() => h.driver.launches.map(({ config }) => config !== null)).toEqual([true, false]);
    const looks: number[] = [];
    for (let wake = h.engine.wakeAt(); wake !== null; wake = h.engine.wakeAt()) {
      h.clock.now = wake;
      h.driver.killed.length = 0;
      await h.engine.dispatch({ type: "woke" });
      expect(h.driver.killed).toEqual([`attempt 1 of ${spec.run_id}`]);
      looks.push(wake - start - 31_000);
    }
    expect(looks).toEqual([30_000, 300_000]);
  });
});

it("each try has a number that no other had, and that is kept before the provider is asked", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  await withEngine(async (h) => {
    const tries: [asked: number, kept: number | undefined][] = [];
    h.driver.launch = async ({ launch }) => {
      h.evict();
      tries.push([launch, h.engine.record?.state.launch]);
      return away;
    };
    await h.engine.accept(buildTestSpec(), true);
    for (let count = 0; count < 3; count++) {
      h.clock.now += 31_000;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(tries.length).toBeGreaterThan(2);
    const asked = tries.map(([number]) => number);
    expect(new Set(asked).size).toBe(asked.length);
    for (const [number, kept] of tries) expect(kept).toBeGreaterThanOrEqual(number);
  });
});

it("a later try goes on with the sandbox that was written down before it was started", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  await withEngine(async (h) => {
    const asked: Pick<LaunchRequest, "launch" | "recover" | "chosen">[] = [];
    const kept: unknown[] = [];
    h.driver.launch = async ({ launch, recover, chosen, order }) => {
      asked.push({ launch, recover, chosen });
      // The first try comes to nothing; of the second the sandbox is started, and the answer is lost.
      if (recover) await order({ launch: chosen ?? launch });
      kept.push(h.engine.record?.state.sandbox_launch);
      return away;
    };
    await h.engine.accept(buildTestSpec(), true);
    for (let count = 0; count < 2; count++) {
      h.clock.now += 5000;
      await h.engine.dispatch({ type: "woke" });
    }
    const second = asked[1]?.launch;
    expect(asked).toMatchObject([
      { launch: 1, recover: false, chosen: null },
      { recover: true, chosen: null },
      { recover: true, chosen: second },
    ]);
    expect(kept).toEqual([null, second, second]);
  });
});

it("where the script has begun and its sandbox is gone, another attempt begins and says so", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  await withEngine(async (h) => {
    h.driver.launchAnswers.push(away, saidByOwner());
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("begun")]);
    h.clock.now += 5000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.driver.launches.map(({ attempt, chosen }) => [attempt, chosen])).toEqual([
      [1, null],
      [1, 1],
      [2, null],
    ]);
    expect(h.engine.view()?.detail.attempts).toMatchObject([
      { attempt: 1, lost: true, error_code: "e2b_sandbox_error" },
      { attempt: 2, ended_at: null },
    ]);
  });
});

it("the first post says whose the attempt is: what another sandbox posts is not taken, and its runner is told to stop", async () => {
  verifies("access:run-token:one-sandbox");
  await withEngine(async (h) => {
    h.driver.launchAnswers.push(away);
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("mine")], { launch: 1 });
    const body = toJournal([logEntry("mine"), logEntry("another's"), resultEntry()]);
    const told = () => h.engine.takeJournal({ attempt: 1, launch: 2, offset: 0, body });
    expect(told()).toMatchObject({ stop: true });
    h.evict();
    expect(told()).toMatchObject({ stop: true });
    expect(h.engine.takeJournal({ attempt: 1, launch: 1, offset: 0, body: toJournal([]) }).stop).toBe(false);
    const taken = JSON.stringify(h.engine.eventsAfter(0, 100)?.events);
    expect(taken).toContain("mine");
    expect(taken).not.toContain("another");
  });
});

it("the journal of another sandbox than the one that has posted is not taken when it is fetched", async () => {
  verifies("run:fence:one-sandbox-per-attempt");
  await withEngine(async (h) => {
    h.driver.launchAnswers.push(away);
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("mine")], { launch: 2 });
    await h.engine.dispatch({ type: "launched", attempt: 1, launch: 1, sandbox_id: "another" });
    h.driver.journal = toJournal([logEntry("another's"), logEntry("another's"), resultEntry()]);
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    const detail = h.engine.view()?.detail;
    expect([detail?.status, detail?.attempt]).toEqual(["running", 1]);
  });
});
