import { expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";

const noRoom = {
  kind: "refused",
  code: "e2b_quota_exhausted",
  message: "2 of 2 sandboxes of the provider are in use.",
  retryAfterMs: 3000,
  waits: true,
} as const;
const minute = 60_000;

it("a run without room for its sandbox is queued with the reason, longer than a failing launch may take, and then runs", async () => {
  verifies("queue:provider:waits-with-reason");
  await withEngine(async (h) => {
    for (let i = 0; i < 4; i++) h.driver.launchAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec(), true);
    expect(h.engine.view()?.detail).toMatchObject({
      status: "queued",
      why_waiting: "Waiting for a sandbox: 2 of 2 sandboxes of the provider are in use.",
    });
    expect(h.wakes.at(-1)).toBe(start + 3000);
    for (const minutes of [4, 8, 12, 16]) {
      h.clock.now = start + minutes * minute;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(h.engine.view()?.detail).toMatchObject({ status: "running", attempt: 1 });
    await h.post([resultEntry()]);
    expect(h.engine.view()?.detail.status).toBe("completed");
  });
});

it("a run without room does not wait for ever: its patience is that of the queue", async () => {
  await withEngine(async (h) => {
    for (let i = 0; i < 9; i++) h.driver.launchAnswers.push(noRoom);
    await h.engine.accept(buildTestSpec({ queue_ttl_seconds: 600 }), true);
    for (const minutes of [4, 8, 12]) {
      h.clock.now = start + minutes * minute;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(h.engine.view()?.detail).toMatchObject({ status: "failed", error_code: "queue_expired" });
  });
});
