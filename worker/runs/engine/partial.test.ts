import { expect, it } from "vitest";
import type { JournalEntry } from "#contract/runner/runner";
import { applyRunEvents, emptyRunScreen } from "#contract/runs/run-screen";
import { runDetailSchema } from "#contract/runs/run";
import { EngineInMemory } from "../../../test/support/workerd/engine-in-memory.ts";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../../test/verifies.ts";
import { fillDetail } from "../read/read-run.ts";
import { RunMasking } from "../masking/run-masking.ts";
import { showRun } from "../../shares/show-run.ts";
import { tellEvent } from "../../pages/tell-event.ts";

const partial = (count: number, pieces: (JournalEntry & { type: "partial" })["pieces"]): JournalEntry => ({
  type: "partial",
  at: 0,
  count,
  follows: true,
  pieces,
});

const logEntry: JournalEntry = { type: "log", at: 0, stream: "stdout", level: "info", text: "between" };
const resultEntry = (change: Partial<JournalEntry & { type: "result" }>): JournalEntry => ({
  type: "result",
  at: 0,
  outcome: "success",
  error_code: null,
  error: null,
  error_raw: null,
  exit_code: 0,
  outputs: null,
  usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
  ...change,
});

/** A run under way, and how its runner hands entries over. */
async function underWay() {
  const run = new EngineInMemory();
  await run.engine.accept(buildSampleSpec(), true);
  await run.settle(() => run.engine.view()?.detail.status === "running");
  let offset = 0;
  const post = (...entries: JournalEntry[]) => {
    const body = new TextEncoder().encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
    offset = run.engine.takeJournal({ attempt: 1, launch: 1, offset, body }).next_offset;
  };
  const read = () => {
    const view = run.engine.view();
    if (!view) throw new Error("There is no such run.");
    return runDetailSchema.parse(fillDetail(view, { outputs: view.detail.outputs, wait: null }));
  };
  return { run, post, read };
}

it("who looks late, and who looks after the object came back, sees the newest of what a function hands back", async () => {
  verifies("run:partial:newest-is-seen");
  const { run, post, read } = await underWay();
  post(partial(1, [{ n: 1 }]));
  post(logEntry, partial(2, [{ n: 2 }]));
  const seen = { count: 2, pieces: [{ n: 1 }, { n: 2 }], left_out: false };
  expect(read().partial).toEqual(seen);
  expect(showRun(read()).partial).toEqual(seen);
  expect(applyRunEvents(emptyRunScreen, run.told).partial).toEqual(seen);
  const visitors = run.told.flatMap((event) => tellEvent(event) ?? []);
  expect(visitors).toContainEqual({ type: "partial", count: 2, follows: true, pieces: [{ n: 2 }] });
  run.evict();
  post(partial(3, [{ n: 3 }]));
  expect(read().partial).toMatchObject({ count: 3, pieces: [{ n: 1 }, { n: 2 }, { n: 3 }] });
});

it("a result stands in its place, and of what failed or was cancelled it stays", async () => {
  verifies("run:partial:newest-is-seen");
  const done = await underWay();
  done.post(partial(1, "so "));
  done.post(resultEntry({ outputs: { result: ["so "] } }));
  await done.run.settle(() => done.read().status === "completed");
  expect(done.read().partial).toBeUndefined();
  const failed = await underWay();
  failed.post(
    partial(1, "so "),
    resultEntry({ outcome: "failure", error_code: "execution_error", error: "x" }),
  );
  await failed.run.settle(() => failed.read().status === "failed");
  expect(failed.read().partial?.pieces).toBe("so ");
  expect(showRun(failed.read()).partial).toBeNull();
  const cancelled = await underWay();
  cancelled.post(partial(1, ["a"]));
  await cancelled.run.engine.dispatch({ type: "cancel" });
  expect(cancelled.read()).toMatchObject({ status: "cancelled", partial: { pieces: ["a"] } });
});

it("what the journal says is bounded, whoever wrote it", async () => {
  const { post, read } = await underWay();
  post(partial(7, ["x".repeat(100_000), "y"]));
  expect(read().partial).toEqual({ count: 7, pieces: ["y"], left_out: true });
  post(partial(8, "z".repeat(300_000)));
  expect(read().partial?.pieces).toHaveLength(16 * 1024);
});

it("a secret is masked within a piece and over the border of two posts", async () => {
  verifies("secrets:redaction:nothing-readable");
  const spec = buildSampleSpec({ secrets: ["TOKEN"] });
  const masking = new RunMasking(async () => ["hunter2-and-no-more"]);
  await masking.prepare(spec);
  const told = [
    [partial(1, "a hunter2-and")],
    [partial(2, "-no-more z")],
    [partial(3, [{ k: "hunter2-and-no-more" }])],
  ].map((entries) => masking.entries(spec, entries, () => []));
  const text = told.flat().map((entry) => JSON.stringify(entry.type === "partial" ? entry.pieces : ""));
  expect(text.join("")).not.toContain("-no-more");
  expect(text[2]).toBe('[{"k":"***"}]');
});
