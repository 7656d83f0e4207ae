import { expect, it } from "vitest";
import type { RunId } from "#contract/ids";
import { buildTestSpec, resultEntry, withEngine } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";

const PARENT = `run_${"0".repeat(26)}` as RunId;

const lineage = {
  parent_run_id: PARENT,
  root_run_id: PARENT,
  depth: 1,
  callers: [],
  deadline_at: 4e12,
};

it("a run that ends wakes the attempt of its caller that sleeps until then, and no other", async () => {
  verifies("pipelines:woken");
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ lineage: { ...lineage, waiting_attempt: 3 } }), true);
    expect(h.woken).toEqual([]);
    await h.post([resultEntry()]);
    expect(h.woken).toEqual([3]);
  });
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec({ lineage }), true);
    await h.post([resultEntry()]);
    expect(h.woken).toEqual([]);
  });
});
