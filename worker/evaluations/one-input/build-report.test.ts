import { expect, it } from "vitest";
import { workerNameSchema } from "#contract/ids";
import { workerTestSchema } from "#contract/evaluations/worker-test";
import { buildFailure } from "#contract/runs/run-failure";
import type { RunDetail } from "#contract/runs/run";
import { sampleRun } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";
import { parseManifest } from "../../registry/parse-manifest.ts";
import { reportRun } from "./build-report.ts";

const { manifest } = parseManifest(`schema_version: "0.3"
name: hello-worker
title: Hello
version: 0.1.0
exec:
  entry: run.py
  outputs:
    - {name: greeting, type: text, label: Greeting, required: true}
    - {name: length, type: integer, label: Length}
`);

function report(run: Partial<RunDetail>, test: object = {}) {
  if (manifest === null) throw new Error("The manifest is wrong.");
  const worker = workerNameSchema.parse("hello-worker");
  return reportRun({ worker, version: 3, manifest, test: workerTestSchema.parse(test) }, sampleRun(run));
}

it("passes a run that completed with what is declared and expected", () => {
  verifies("evals:test:one-input");
  const cost = { sandbox_usd: 0.01, model_usd: 0.02, total_usd: 0.03 };
  expect(report({ cost }, { expected: { greeting: "hello, ada!" } })).toMatchObject({
    verdict: "pass",
    reasons: [],
    version: 3,
    outputs: { greeting: "Hello, Ada!" },
    latency_ms: 1200,
    cost_usd: 0.03,
    scores: [{ scorer: "fields", passed: true }],
  });
});

it("fails where an output is not what is expected, and says which", () => {
  const failed = report({}, { expected: { greeting: "Good day" } });
  expect(failed).toMatchObject({ verdict: "fail", output_errors: [], scores: [{ passed: false }] });
  expect(failed.reasons.join()).toContain("greeting");
});

it("names outputs that are not as declared by their pointers", () => {
  verifies("evals:test:one-input");
  const failure = buildFailure("output_validation_failed", "The outputs do not match worker.yml.");
  const failed = report({ status: "failed", outputs: { length: "five" }, failure });
  expect(failed.verdict).toBe("fail");
  expect(failed.output_errors.map(({ pointer }) => pointer)).toEqual([
    "/outputs/greeting",
    "/outputs/length",
  ]);
  expect(failed.reasons).toEqual(["Its run is failed: The outputs do not match worker.yml."]);
});

it("counts what a function's hints say of its outputs, which the run itself only warns of", () => {
  const warnings = [
    { code: "output_mismatch" as const, pointer: "/outputs/greeting", detail: "must be shorter" },
  ];
  expect(report({ warnings })).toMatchObject({
    verdict: "fail",
    output_errors: [{ pointer: "/outputs/greeting", detail: "must be shorter" }],
  });
});

it("has no verdict while the run is under way, and says what it waits for", () => {
  const waiting = report({ status: "pending_approval", why_waiting: "Ada is asked." });
  expect(waiting).toMatchObject({ verdict: null, reasons: ["Ada is asked."], status: "pending_approval" });
  expect(report({ status: "running", outputs: {} })).toMatchObject({ verdict: null, output_errors: [] });
});

it("shows the end of a long log", () => {
  const logs = Array.from({ length: 50 }, (_, at) => ({
    level: "info" as const,
    stream: "stdout" as const,
    message: String(at),
    timestamp: "2026-03-02T09:00:00.000Z",
  }));
  const { log_tail } = report({ logs });
  expect([log_tail.length, log_tail.at(-1)?.message]).toEqual([20, "49"]);
});
