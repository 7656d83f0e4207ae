import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import type { JournalEntry } from "#contract/runner/runner";
import {
  buildTestSpec,
  resultEntry,
  start,
  withEngine,
} from "../../../test/support/workerd/engine-harness.ts";
import type { EngineHarness } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { sha256Hex } from "../../platform/crypto.ts";

const report = "# Report";

async function fileEntry(change: Partial<JournalEntry & { type: "file" }> = {}): Promise<JournalEntry> {
  return {
    type: "file",
    at: start,
    kind: "artifact",
    name: "report",
    path: "out/report.md",
    media_type: "text/markdown",
    size_bytes: report.length,
    sha256: await sha256Hex(report),
    ...change,
  };
}

const detailOf = ({ engine }: EngineHarness) => engine.view()?.detail;

/** A run whose script was started and reports `entries`. */
async function reportRun(h: EngineHarness, entries: readonly JournalEntry[]): Promise<void> {
  await h.engine.accept(buildTestSpec(), true);
  await h.post(entries);
}

it("a file that a journal names and that is not there is the script's failure, and no attempt of the platform's", async () => {
  verifies("run:files:script-answers");
  await withEngine(async (h) => {
    await reportRun(h, [await fileEntry(), resultEntry()]);
    expect(detailOf(h)).toMatchObject({
      status: "failed",
      error_code: "output_validation_failed",
      attempt: 1,
    });
    expect(detailOf(h)?.error).toContain("out/report.md is not there");
    expect(h.driver.launches).toHaveLength(1);
  });
});

it.each([
  ["other content", { sha256: "0".repeat(64) }],
  ["fewer bytes than it has", { size_bytes: 3 }],
  ["more bytes than it has", { size_bytes: 300 }],
])("a file of which a journal says %s is the script's failure", async (_, change) => {
  verifies("run:files:script-answers");
  await withEngine(async (h) => {
    h.driver.files.set("out/report.md", report);
    await reportRun(h, [await fileEntry(change), resultEntry()]);
    expect(detailOf(h)).toMatchObject({
      status: "failed",
      error_code: "output_validation_failed",
      attempt: 1,
    });
    expect(detailOf(h)?.error).toContain("out/report.md holds something else");
    expect(h.driver.launches).toHaveLength(1);
  });
});

it("a file that went with its sandbox is the platform's loss", async () => {
  await withEngine(async (h) => {
    await h.engine.accept(buildTestSpec(), true);
    h.driver.reach = "gone";
    await h.post([await fileEntry(), resultEntry()]);
    expect(detailOf(h)).toMatchObject({ status: "running", attempt: 2 });
  });
});

it("a file of a sandbox that is out of reach is asked for again", async () => {
  await withEngine(async (h) => {
    h.driver.files.set("out/report.md", report);
    h.driver.reach = "unavailable";
    await reportRun(h, [await fileEntry(), resultEntry()]);
    expect(detailOf(h)).toMatchObject({ status: "running", attempt: 1 });
    h.driver.reach = "read";
    h.clock.now += 31_000;
    await h.engine.dispatch({ type: "woke" });
    expect(detailOf(h)).toMatchObject({ status: "completed", attempt: 1 });
  });
});

it("a result that is quicker than the launch's answer waits for it before anything is called lost", async () => {
  verifies("run:files:script-answers");
  await withEngine(async (h) => {
    const refused = { kind: "refused", code: "e2b_sandbox_error", message: "", retryAfterMs: null } as const;
    h.driver.launchAnswers.push(refused);
    await reportRun(h, [await fileEntry(), resultEntry()]);
    expect(detailOf(h)).toMatchObject({ status: "running", attempt: 1 });
    h.driver.files.set("out/report.md", report);
    await h.engine.dispatch({ type: "launched", attempt: 1, launch: 1, sandbox_id: "late" });
    await h.engine.dispatch({ type: "woke" });
    expect(detailOf(h)).toMatchObject({ status: "completed", attempt: 1 });
  });
});

const deep = `{"outputs":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}`;

it.each([
  ["is no JSON", "{", "invalid_result_json"],
  ["is nested too deep", deep, "invalid_result_json"],
  ["is a list", "[1]", "invalid_result_json"],
  ["has outputs that are a list", '{"outputs":[1]}', "invalid_outputs_shape"],
  [
    "is larger than it may be",
    `{"outputs":{"a":"${"x".repeat(limits.result_bytes.value)}"}}`,
    "output_too_large",
  ],
])("a result.json that %s ends the run once, as the script's own failure", async (_, text, code) => {
  verifies("run:files:script-answers");
  await withEngine(async (h) => {
    h.driver.files.set("result.json", text);
    await reportRun(h, [resultEntry({ outputs: null })]);
    expect(detailOf(h)).toMatchObject({ status: "failed", error_code: code, attempt: 1 });
    expect(detailOf(h)?.failure?.kind).not.toBe("platform");
  });
});

it("a result.json that is not the one the journal speaks of is not taken", async () => {
  verifies("run:files:by-content");
  await withEngine(async (h) => {
    h.driver.files.set("result.json", '{"outputs":{"a":2}}');
    const outputs_sha256 = await sha256Hex('{"outputs":{"a":1}}');
    await reportRun(h, [resultEntry({ outputs: null, outputs_sha256 })]);
    expect(detailOf(h)).toMatchObject({ status: "failed", error_code: "invalid_result_json" });
  });
  await withEngine(async (h) => {
    const text = '{"outputs":{"a":1}}';
    h.driver.files.set("result.json", text);
    await reportRun(h, [resultEntry({ outputs: null, outputs_sha256: await sha256Hex(text) })]);
    expect(detailOf(h)).toMatchObject({ status: "completed", outputs: { a: 1 } });
  });
});

it("a journal that blames the platform fails as the script's own report", async () => {
  verifies("run:failure:no-blame");
  await withEngine(async (h) => {
    await reportRun(h, [resultEntry({ outcome: "failure", error_code: "internal_error", error: "not me" })]);
    expect(detailOf(h)?.failure).toMatchObject({
      kind: "worker",
      code: "worker_reported_error",
      message: "not me",
    });
  });
});

it("a script that has ended does not run again because nobody knows its sandbox", async () => {
  verifies("chaos:simulation:together");
  await withEngine(async (h) => {
    const refused = { kind: "refused", code: "e2b_sandbox_error", message: "", retryAfterMs: null } as const;
    h.driver.launchAnswers.push(refused);
    await reportRun(h, [await fileEntry(), resultEntry()]);
    for (let minute = 0; minute < 9; minute++) {
      h.clock.now += 60_000;
      await h.engine.dispatch({ type: "woke" });
    }
    expect(detailOf(h)).toMatchObject({ status: "running", attempt: 1 });
    h.clock.now += 120_000;
    await h.engine.dispatch({ type: "woke" });
    expect(detailOf(h)).toMatchObject({ status: "failed", error_code: "internal_error", attempt: 1 });
    expect(h.driver.launches).toHaveLength(1);
  });
});

it("a run whose files cannot be fetched ends ten minutes after its result, however often its object goes away", async () => {
  verifies("run:settle:ends");
  await withEngine(async (h) => {
    h.driver.reach = "unavailable";
    await reportRun(h, [await fileEntry(), resultEntry()]);
    const patience = limits.finish_seconds.value * 1000;
    for (let late = 60_000; late < patience; late += 60_000) {
      h.clock.now = start + late;
      h.evict();
      await h.engine.dispatch({ type: "woke" });
      expect(detailOf(h)?.status).toBe("running");
    }
    h.clock.now = start + patience;
    h.evict();
    await h.engine.dispatch({ type: "woke" });
    expect(detailOf(h)).toMatchObject({ status: "failed", error_code: "internal_error" });
  });
});
