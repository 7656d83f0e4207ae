import { expect, it } from "vitest";
import {
  buildTestSpec,
  logEntry,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { evictsAlways } from "../../../test/support/workerd/eviction.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { GIVEN_UP } from "../lifecycle/given-up.ts";

const HOUR = 3_600_000;
const givenUp = { status: "failed", failure: { code: "internal_error", message: GIVEN_UP } };

/** Lets the alarm ring when it is due; answers how long that took. */
async function ring(h: EngineHarness): Promise<number> {
  const before = h.clock.now;
  h.clock.now = Math.max(before, h.engine.wakeAt() ?? before);
  await h.engine.dispatch({ type: "woke" });
  return h.clock.now - before;
}

it("a run whose queue gave it up while its object was silent does not begin when the object comes back", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    h.isQueued = async () => false;
    h.clock.now = start + HOUR;
    await h.engine.accept(buildTestSpec(), true, start);
    expect(h.claims).toEqual([]);
    expect(h.driver.launches).toEqual([]);
    expect(h.engine.view()?.detail).toMatchObject(givenUp);
    expect(h.released).toHaveLength(1);
  });
});

it("one that was only told to wait learns within the hour that it was given up", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    h.isQueued = async () => false;
    h.clock.now = start + HOUR;
    await h.engine.accept(buildTestSpec(), false, start);
    expect(await ring(h)).toBeLessThanOrEqual(HOUR);
    expect(h.engine.view()?.detail).toMatchObject(givenUp);
  });
});

it("while its queue is silent a run that was told long ago waits, and begins once the queue says that it is awaited", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    h.isQueued = () => Promise.reject(new Error("no answer"));
    h.clock.now = start + 120_000;
    await h.engine.accept(buildTestSpec({ queue_ttl_seconds: 3600 }), true, start);
    const pauses: number[] = [];
    for (let rings = 0; rings < 6; rings++) pauses.push(await ring(h));
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(h.driver.launches).toEqual([]);
    const { detail } = h.engine.view() ?? {};
    expect([detail?.status, detail?.why_waiting]).toEqual([
      "queued",
      "Waiting for a sandbox: The worker's queue does not say whether the run may still begin.",
    ]);
    h.isQueued = async () => true;
    await ring(h);
    expect(h.driver.launches).toHaveLength(1);
    expect(h.engine.view()?.detail.status).toBe("running");
  });
});

it("where the queue is silent for good the run ends when its patience does, and has not begun", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    h.isQueued = () => Promise.reject(new Error("no answer"));
    h.clock.now = start + 120_000;
    await h.engine.accept(buildTestSpec({ queue_ttl_seconds: 3600 }), true, start);
    for (let rings = 0; h.engine.view()?.detail.status === "queued"; rings++) {
      expect(rings).toBeLessThan(30);
      await ring(h);
    }
    expect(h.clock.now).toBeLessThanOrEqual(start + HOUR + 120_000);
    expect(h.driver.launches).toEqual([]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", failure: { code: "queue_expired" } });
  });
});

it("a script is not started in a sandbox that took so long that its run was given up meanwhile", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    const launch = h.driver.launch.bind(h.driver);
    h.driver.launch = async (request) => {
      h.clock.now += 90_000;
      h.isQueued = async () => false;
      return launch(request);
    };
    const spec = buildTestSpec();
    await h.engine.accept(spec, true);
    expect(h.driver.launches.map(({ config }) => config)).toEqual([null]);
    expect(h.engine.view()?.detail).toMatchObject(givenUp);
    expect(h.driver.killed).toContain(`attempt 1 of ${spec.run_id}`);
  });
});

it("what a script comes to after its run was given up is not put on record, and nobody is asked to approve it", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("begun")]);
    h.clock.now += HOUR;
    h.isQueued = async () => false;
    await h.post([resultEntry({ await_external: { key: "order", timeout_seconds: 1800 } })]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("failed");
    expect(h.engine.view()?.detail).toMatchObject(givenUp);
    expect(h.approvals).toEqual([]);
  });
});

it("what a script has come to counts in the end though the queue is silent for good", async () => {
  verifies("queue:given-up:begins-no-more");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    await h.post([logEntry("begun")]);
    h.clock.now += 120_000;
    h.isQueued = () => Promise.reject(new Error("no answer"));
    await h.post([resultEntry()]);
    expect(h.engine.view()?.detail.status).toBe("running");
    for (let rings = 0; h.engine.view()?.detail.status === "running"; rings++) {
      expect(rings).toBeLessThan(30);
      await ring(h);
    }
    expect(h.engine.view()?.detail.status).toBe("completed");
  });
});

it("a run that its queue has just told to go on asks nobody", async () => {
  verifies("run:budget:rows");
  await withEngine(async (h) => {
    let asked = 0;
    h.isQueued = async () => (asked += 1) > 0;
    await h.engine.accept(buildTestSpec(), true);
    await h.post([resultEntry()]);
    await expect.poll(() => h.engine.view()?.detail.status).toBe("completed");
    // A life of the object that was not told asks once more.
    expect(asked).toBeLessThanOrEqual(evictsAlways ? 4 : 0);
  });
});
