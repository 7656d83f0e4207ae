import { expect, it } from "vitest";
import { buildTestSpec, resultEntry, withEngine } from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import type { PreparedWrites } from "../ports/run-writes.ts";

/** What the stores are told, in order; `answers` are those to the next wishes to hold ready, afterwards they are. */
function listen(h: EngineHarness, answers: PreparedWrites[] = []): string[] {
  const told: string[] = [];
  h.writes = {
    prepare: async (_, { attempt }) => {
      told.push(`prepare ${attempt}, ${h.engine.record?.state.phase}`);
      return answers.shift() ?? { kind: "ready" };
    },
    decide: async (_, attempt) => {
      told.push(`decide ${attempt}, ${h.engine.record?.state.phase}`);
    },
  };
  return told;
}

const transactional = buildTestSpec({ transactional: true });
const status = (h: EngineHarness) => h.engine.view()?.detail.status;

it("writes are held ready before the run's end is known, and kept after that is saved", async () => {
  verifies("store:run:all-or-nothing");
  await withEngine(async (h) => {
    const told = listen(h);
    await h.engine.accept(transactional, true);
    await h.post([resultEntry()]);
    await expect.poll(() => told).toEqual(["prepare 1, finishing", "decide 1, ended"]);
    expect(status(h)).toBe("completed");
  });
});

it("an object that goes away once the end is saved tells the stores when it comes back", async () => {
  verifies("store:run:all-or-nothing");
  await withEngine(async (h) => {
    const told = listen(h);
    const away = h.writes.decide;
    h.writes.decide = () => Promise.reject(new Error("away"));
    await h.engine.accept(transactional, true);
    await h.post([resultEntry()]);
    await expect.poll(() => status(h)).toBe("completed");
    expect(told).toEqual(["prepare 1, finishing"]);
    h.evict();
    h.writes.decide = away;
    h.clock.now = h.engine.wakeAt() ?? 0;
    await h.engine.dispatch({ type: "woke" });
    expect(told).toEqual(["prepare 1, finishing", "decide 1, ended"]);
  });
});

it("one that goes away between the two asks again, and a cancel meanwhile keeps nothing", async () => {
  verifies("store:run:all-or-nothing");
  await withEngine(async (h) => {
    const told = listen(h, [{ kind: "busy" }]);
    await h.engine.accept(transactional, true);
    await h.post([resultEntry()]);
    await expect.poll(() => told).toEqual(["prepare 1, finishing"]);
    h.evict();
    await h.engine.dispatch({ type: "cancel" });
    expect(told).toEqual(["prepare 1, finishing", "decide null, ended"]);
    expect(status(h)).toBe("cancelled");
  });
});

it("what cannot be kept fails the run with the reason, and nothing of it is kept", async () => {
  verifies("store:run:all-or-nothing");
  await withEngine(async (h) => {
    const told = listen(h, [{ kind: "conflict", detail: '"n" was not written.' }]);
    await h.engine.accept(transactional, true);
    await h.post([resultEntry()]);
    await expect.poll(() => told).toEqual(["prepare 1, finishing", "decide null, ended"]);
    expect(h.engine.view()?.detail.failure).toMatchObject({ code: "store_conflict" });
    expect(h.engine.view()?.detail.failure?.message).toContain('"n" was not written.');
  });
});

it("a run that writes at once tells the stores nothing, and a dry one that nothing is kept", async () => {
  for (const [change, expected] of [
    [{}, []],
    [{ transactional: true, dry: true }, ["decide null, ended"]],
  ] as const) {
    await withEngine(async (h) => {
      const told = listen(h);
      await h.engine.accept(buildTestSpec(change), true);
      await h.post([resultEntry()]);
      await expect.poll(() => status(h)).toBe("completed");
      await expect.poll(() => told).toEqual(expected);
    });
  }
});
