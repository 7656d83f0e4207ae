import { expect, it } from "vitest";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { newId } from "../../platform/ids.ts";

const NANO_USD = 1_000_000_000;
const priced = buildTestSpec({ usd_per_second: 0.5 });

it("a run that comes up to a cap is ended when its money is spent, in time for a last look at its journal", async () => {
  verifies("spend:caps:while-running");
  await withEngine(async (h) => {
    h.spend = { findLeft: async () => 5 * NANO_USD, findWarnings: async () => [], watch: async () => {} };
    await h.engine.accept(priced, true);
    expect(h.wakes).toContain(start + 10_000);
    h.clock.now = start + 9999;
    await h.engine.dispatch({ type: "woke" });
    expect(h.engine.view()?.detail.status).toBe("running");
    h.clock.now = start + 10_000;
    await h.engine.dispatch({ type: "woke" });
    const detail = h.engine.view()?.detail;
    expect(detail).toMatchObject({
      status: "failed",
      error_code: "spend_cap_exceeded",
      cost: { sandbox_usd: 5, model_usd: 0, total_usd: 5 },
      total_cost_usd: 5,
    });
    expect(detail?.failure?.kind).toBe("policy");
    expect(h.driver.killed.length).toBeGreaterThan(0);
  });
});

it("a run for which nothing is left when its turn comes gets no sandbox", async () => {
  verifies("spend:caps:at-admission");
  await withEngine(async (h) => {
    h.spend = { findLeft: async () => 0, findWarnings: async () => [], watch: async () => {} };
    await h.engine.accept(priced, true);
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "spend_cap_exceeded" });
    expect(h.driver.numbers.size).toBe(0);
  });
});

it("a run that costs nothing asks nobody, and its row says nothing of money", async () => {
  await withEngine(async (h) => {
    const never = () => Promise.reject(new Error("nobody is to be asked"));
    h.spend = { findLeft: never, findWarnings: never, watch: never };
    await h.engine.accept(buildTestSpec(), true);
    await h.post([resultEntry()]);
    expect(h.engine.view()?.detail).toMatchObject({ status: "completed", total_cost_usd: 0 });
    expect(h.spent).toEqual([]);
  });
});

it("the end's row says what the run cost and whose money it was, and the alerts learn which caps come near", async () => {
  verifies("spend:caps:warning");
  const near = {
    scope: "workspace",
    period: "day",
    spent_usd: 9,
    cap_usd: 10,
    warning: true,
    resets_at: "2026-03-03T00:00:00.000Z",
  } as const;
  const asked: string[] = [];
  const watched: string[] = [];
  await withEngine(async (h) => {
    h.spend = {
      findLeft: async () => null,
      findWarnings: async ({ userId }) => {
        asked.push(userId);
        return [near];
      },
      watch: async ({ runId }) => void watched.push(runId),
    };
    const person = newId("usr", start);
    await h.engine.accept({ ...priced, requester: "trg_1", co_requesters: [person] }, true);
    h.clock.now = start + 4000;
    await h.post([resultEntry()]);
    expect(h.spent).toEqual([{ nanoUsd: 2 * NANO_USD, userId: person, at: start + 4000 }]);
    expect(h.news.at(-1)?.spend).toEqual([near]);
    expect(asked).toEqual([person]);
    expect(watched).toEqual([priced.run_id]);
  });
});
