import { expect, it } from "vitest";
import type { GivenSecrets } from "./run-handle.ts";
import { verifies } from "../../../test/verifies.ts";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";

it("every attempt is on the record: when it ran, how it ended, and whose fault it was", async () => {
  verifies("retries:attempts:on-the-record");
  await withEngine(async (h) => {
    const retry = { max_attempts: 2, delay_ms: 1000, backoff: "fixed" as const, on: ["execution_error"] };
    await h.engine.accept(buildTestSpec({ retry }), true);
    expect(h.engine.view()?.detail.attempts).toMatchObject([{ attempt: 1, ended_at: null, lost: false }]);
    await h.engine.dispatch({ type: "lost", attempt: 1, code: "e2b_sandbox_error" });
    await h.post([resultEntry({ outcome: "failure", error_code: "execution_error" })], {
      attempt: 2,
      offset: 0,
    });
    expect(h.engine.view()?.detail.why_waiting).toContain("to try again");
    h.clock.now = start + 60_000;
    await h.engine.dispatch({ type: "woke" });
    await h.post([resultEntry()], { attempt: 3, offset: 0 });
    expect(h.engine.view()?.detail).toMatchObject({
      status: "completed",
      attempts: [
        { attempt: 1, lost: true, error_code: "e2b_sandbox_error" },
        { attempt: 2, lost: false, error_code: "execution_error" },
        { attempt: 3, lost: false, error_code: null },
      ],
    });
  });
});

it("a run that is cancelled while its launch is being prepared gets no sandbox", async () => {
  verifies("chaos:simulation:together");
  await withEngine(async (h) => {
    let answer: (secrets: GivenSecrets) => void = () => {};
    h.resolveSecrets = () => new Promise((resolve) => (answer = resolve));
    const accepted = h.engine.accept(buildTestSpec({ secrets: ["API_KEY"] }), true);
    await h.engine.dispatch({ type: "cancel" });
    answer({ values: {}, bound: [] });
    await accepted;
    expect(h.engine.view()?.detail.status).toBe("cancelled");
    expect(h.driver.launches).toEqual([]);
  });
});

it("while a launch is under way no sandbox of its attempt is killed, or it would make another one", async () => {
  verifies("chaos:simulation:together");
  await withEngine(async (h) => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: launched, resolve: launch } = Promise.withResolvers<void>();
    const order: string[] = [];
    const killAttempt = h.driver.killAttempt.bind(h.driver);
    h.driver.launch = async () => {
      begin();
      await launched;
      order.push("launched");
      return { kind: "launched", sandboxId: "sbx", launch: 1 };
    };
    h.driver.killAttempt = (...of) => {
      order.push("killed");
      return killAttempt(...of);
    };
    const accepted = h.engine.accept(buildTestSpec(), true);
    await begun;
    const cancelled = h.engine.dispatch({ type: "cancel" });
    launch();
    await Promise.all([accepted, cancelled]);
    expect(order).toEqual(["launched", "killed"]);
    expect(h.driver.killed).toContain("sbx");
  });
});

it("a sandbox that came into being after its run had ended is found and ended half a minute later", async () => {
  verifies("chaos:simulation:together");
  await withEngine(async (h) => {
    const looked: string[] = [];
    h.driver.killAttempt = async (runId, attempt) => {
      looked.push(`${runId}:${attempt}`);
      return true;
    };
    h.driver.launch = () => new Promise(() => {});
    const spec = buildTestSpec();
    void h.engine.accept(spec, true);
    h.evict();
    await h.engine.dispatch({ type: "cancel" });
    h.clock.now += 30_000;
    await h.engine.dispatch({ type: "woke" });
    expect(looked).toEqual([`${spec.run_id}:1`, `${spec.run_id}:1`]);
  });
});

it("a run whose last duties take longer than half a minute is woken again until they are done", async () => {
  verifies("chaos:simulation:together");
  await withEngine(async (h) => {
    h.driver.killAttempt = () => new Promise(() => {});
    await h.engine.accept(buildTestSpec(), true);
    await h.engine.dispatch({ type: "cancel" });
    h.clock.now += 30_000;
    void h.engine.dispatch({ type: "woke" });
    h.wakes.length = 0;
    h.clock.now += 1000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.wakes.length).toBeGreaterThan(0);
    expect(Math.min(...h.wakes)).toBeGreaterThan(h.clock.now);
  });
});
