import { expect, it } from "vitest";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";

it("a child that was on its way to its object when its caller failed is cancelled once it is there", async () => {
  verifies("calls:cancel:reaches-children");
  await withEngine(async (h) => {
    h.calls.push("run_child");
    h.isHandedOver = false;
    await h.engine.accept(buildTestSpec(), true);
    await h.post([resultEntry({ outcome: "failure", error_code: "execution_error", error: "It broke." })]);
    // Its place and its record wait for no child.
    expect(h.released).toHaveLength(1);
    expect(h.wakes.at(-1)).toBeLessThan(start + 60_000);
    h.isHandedOver = true;
    h.clock.now = start + 60_000;
    await h.engine.dispatch({ type: "woke" });
    expect(h.cancelled).toEqual(["run_child", "run_child"]);
    await h.engine.dispatch({ type: "woke" });
    expect(h.cancelled).toHaveLength(2);
  });
});

it("a call that came to nothing is not asked after for ever", async () => {
  await withEngine(async (h) => {
    h.calls.push("run_child");
    h.isHandedOver = false;
    await h.engine.accept(buildTestSpec(), true);
    await h.engine.dispatch({ type: "cancel" });
    h.clock.now = start + 7_200_000;
    const wakes = h.wakes.length;
    await h.engine.dispatch({ type: "woke" });
    expect(h.wakes).toHaveLength(wakes);
  });
});
