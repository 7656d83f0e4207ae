import { env } from "cloudflare:test";
import { expect, it } from "vitest";
import type { RunId } from "#contract/ids";
import { createDb } from "../../platform/db/client.ts";
import { putRunRow } from "../record/row-store.ts";
import { findRunRows } from "../record/store.ts";
import { verifies } from "../../../test/verifies.ts";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";

const noRoom = {
  kind: "wait",
  reason: "2 of 2 sandboxes of the provider are in use.",
  retry_after_ms: null,
} as const;
const minute = 60_000;

const detailOf = ({ engine }: EngineHarness) => engine.view()?.detail;
const call = async ({ engine }: EngineHarness) => {
  const { wanted, goneOn } = engine.call();
  await goneOn;
  return wanted;
};

it("a run without room for its sandbox is queued with the reason, longer than a failing launch may take, and then runs", async () => {
  verifies("queue:provider:waits-with-reason");
  await withEngine(async (h) => {
    for (let i = 0; i < 4; i++) h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec(), true);
    expect(detailOf(h)).toMatchObject({
      status: "queued",
      why_waiting: "Waiting for a sandbox: 2 of 2 sandboxes of the provider are in use.",
    });
    for (const minutes of [4, 8, 12, 16]) {
      h.clock.now = start + minutes * minute;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(detailOf(h)).toMatchObject({ status: "running", attempt: 1 });
    await h.post([resultEntry()]);
    expect(detailOf(h)?.status).toBe("completed");
  });
});

it("a run without room does not wait for ever: its patience is that of the queue", async () => {
  await withEngine(async (h) => {
    for (let i = 0; i < 9; i++) h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec({ queue_ttl_seconds: 600 }), true);
    for (const minutes of [4, 8, 12]) {
      h.clock.now = start + minutes * minute;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(detailOf(h)).toMatchObject({ status: "failed", error_code: "queue_expired" });
  });
});

it("what lists say of a run is its newest word, in whichever order its rows arrive", async () => {
  verifies("run:lists:newest-row");
  await withEngine(async (h) => {
    h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec(), true);
    h.clock.now = start + minute;
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "The provider is away.",
      retryAfterMs: null,
    });
    h.roomAnswers.push({ kind: "granted" }, noRoom);
    await h.engine.call().goneOn;
    await h.engine.call().goneOn;
    expect(h.projected.map(({ status }) => status)).toEqual(["running", "queued", "running", "queued"]);
    const db = createDb(env.DB);
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [0, 3, 1, 2],
      [1, 3, 0, 2],
    ]) {
      const workspaceId = `wsp_${order.join("")}`;
      for (const at of order) {
        const [run, eventSeq] = [h.projected[at], h.projectedSeqs[at]];
        if (!run || eventSeq === undefined) throw new Error("The row was not written.");
        await putRunRow(db, { workspaceId, workerId: "wrk_1", eventSeq }, run);
      }
      const id = h.engine.record?.spec.run_id ?? "";
      expect((await findRunRows(db, workspaceId, [id])).get(id as RunId)?.status).toBe("queued");
    }
  });
});

it("a run that waits for room starts when it is called, and lists say that it is queued until then", async () => {
  verifies("queue:provider:called");
  await withEngine(async (h) => {
    h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec({ priority: "high" }), true);
    expect(h.claims).toMatchObject([{ priority: "high", since: start, bundle_digest: null }]);
    expect(h.projected.at(-1)?.status).toBe("queued");
    h.evict();
    h.clock.now += minute;
    expect(await call(h)).toBe(true);
    expect(detailOf(h)?.status).toBe("running");
    expect(h.projected.at(-1)?.status).toBe("running");
    // It stands where it stood, however often it asks.
    expect(h.claims[1]?.since).toBe(start);
    expect(await call(h)).toBe(false);
    expect(h.driver.launches).toHaveLength(1);
  });
});

it("lists follow a run that is queued, running and queued again, though its object stays", async () => {
  await withEngine(async (h) => {
    h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec(), true);
    await call(h);
    expect(h.projected.map(({ status }) => status)).toEqual(["running", "queued", "running"]);
  });
});

it("a run that is called and goes away before its sandbox is there is looked after in half a minute", async () => {
  await withEngine(async (h) => {
    h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec(), true);
    h.driver.launchAnswers.push({
      kind: "refused",
      code: "e2b_sandbox_error",
      message: "503",
      retryAfterMs: null,
    });
    h.clock.now += 5 * minute;
    await call(h);
    expect(h.wakes).toContain(h.clock.now + 30_000);
    h.clock.now += 30_000;
    await h.engine.dispatch({ type: "woke" });
    expect(detailOf(h)?.status).toBe("running");
  });
});

it("a call that comes while the answer that there is no room is still on its way is not lost", async () => {
  verifies("queue:provider:called");
  await withEngine(async (h) => {
    h.roomAnswers.push(noRoom);
    const accepted = h.engine.accept(buildTestSpec(), true);
    const { wanted } = h.engine.call();
    await accepted;
    expect(wanted).toBe(true);
    expect(h.claims).toHaveLength(2);
    expect(detailOf(h)?.status).toBe("running");
  });
});

it("a run that has ended wants no room any more when it is called", async () => {
  await withEngine(async (h) => {
    h.roomAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec(), true);
    await h.engine.dispatch({ type: "cancel" });
    expect(await call(h)).toBe(false);
    expect(h.driver.launches).toEqual([]);
    expect(h.released).toHaveLength(1);
  });
});

it("where the provider has no room after all, the run waits to be called again", async () => {
  await withEngine(async (h) => {
    const full = { code: "e2b_quota_exhausted", message: "429", retryAfterMs: null, waits: true } as const;
    h.driver.launchAnswers.push({ kind: "refused", ...full });
    const spec = buildTestSpec();
    await h.engine.accept(spec, true);
    expect(h.turnedAway).toEqual([spec.run_id]);
    expect(detailOf(h)).toMatchObject({
      status: "queued",
      why_waiting: "Waiting for a sandbox: no more sandboxes right now",
    });
    await call(h);
    expect(detailOf(h)?.status).toBe("running");
  });
});

it("who cannot be told whether there is room asks again after as long as it is told", async () => {
  await withEngine(async (h) => {
    h.roomAnswers.push({ kind: "wait", reason: "many ask", retry_after_ms: 20_000 });
    await h.engine.accept(buildTestSpec(), true);
    expect(h.wakes.at(-1)).toBe(start + 20_000);
    h.clock.now += 20_000;
    await h.engine.dispatch({ type: "woke" });
    expect(detailOf(h)?.status).toBe("running");
  });
});
