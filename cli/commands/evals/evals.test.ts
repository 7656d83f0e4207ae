import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import type { EvaluationDetail } from "#contract/evaluations/evaluation";
import type { TestReport } from "#contract/evaluations/worker-test";
import { evaluationIdSchema, workerNameSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { samplePush, sampleRunId, sampleVersion } from "../../../test/support/sample-records.ts";
import { numberedId } from "../../../test/support/numbered-id.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

const idOf = (number: number) => evaluationIdSchema.parse(numberedId("run", number).replace("run_", "evl_"));
const seen = (number: number, verdict: "pass" | "fail" | null): EvaluationDetail => ({
  id: idOf(number),
  worker: workerNameSchema.parse("ticket-router"),
  version: 2,
  status: verdict === null ? "running" : "completed",
  verdict,
  reasons: verdict === "fail" ? ["The suite routing is below its threshold."] : [],
  suites: [],
  whole: true,
  runs: 1,
  runs_done: verdict === null ? 0 : 1,
  pass_rate: verdict === null ? null : 0,
  score: verdict === null ? null : 0,
  cost_usd: 0,
  baseline: null,
  against_baseline: null,
  is_baseline: false,
  activation: null,
  requested_by: null,
  created_at: "2026-03-02T09:00:00.000Z",
  ended_at: null,
  cases: [
    {
      name: "routing/site is down",
      digest: "d",
      passed: 0,
      score: 0,
      samples: [
        {
          run_id: null,
          run_status: null,
          outcome: "failed",
          score: 0,
          scores: [],
          reason: "team is general",
          latency_ms: null,
          cost_usd: 0,
        },
      ],
    },
  ],
});

it("waits for the verdict, prints it, and says it by the exit code", async () => {
  let looks = 0;
  edge = await startFakeEdge({
    startEvaluation: () => seen(1, null),
    getEvaluation: () => seen(1, looks++ === 0 ? null : "fail"),
  });
  const failed = await callCli(["evals", "run", "ticket-router", "--version", "2", "--json"], { edge });
  expect(JSON.parse(failed.stdout)).toMatchObject({ id: idOf(1), verdict: "fail" });
  expect(failed.exitCode).toBe(1);
  expect(JSON.parse(String(edge.requests[0]?.body))).toEqual({ version: 2 });
  const told = await callCli(["evals", "run", "ticket-router"], { edge });
  expect(told.stdout).toContain("team is general");
  expect(told.stderr).toContain("below its threshold");
});

it("passes with exit code 0, and ends with its verdict", async () => {
  edge = await startFakeEdge({
    startEvaluation: () => seen(1, null),
    getEvaluation: () => seen(1, "pass"),
  });
  const passed = await callCli(["evals", "run", "ticket-router", "--json"], { edge });
  expect(passed.exitCode).toBe(0);
  expect(passed.stdout.trim()).toMatch(/"verdict": "pass"\n\}$/);
});

it("compares the newest one that is over, and refuses what is no id before anybody is asked", async () => {
  const side = { passed: 1, samples: 1, score: 1 };
  edge = await startFakeEdge({
    listEvaluations: () => ({ evaluations: [seen(3, null), seen(2, "fail")], next_cursor: null }),
    compareEvaluations: () => ({
      before: idOf(1),
      after: idOf(2),
      verdict: "regression" as const,
      test: "exact test",
      alpha: 0.05,
      scores: null,
      p_worse: 0.01,
      p_better: 1,
      cases_compared: 1,
      cases: [
        {
          name: "routing/a",
          change: "worse" as const,
          lost: true,
          before: side,
          after: { ...side, passed: 0 },
        },
      ],
    }),
  });
  const compared = await callCli(["evals", "compare", "ticket-router"], { edge });
  expect(compared.exitCode).toBe(1);
  expect(compared.stdout).toContain("regression");
  expect(edge.requests.at(-1)?.params["evaluation"]).toBe(idOf(2));
  const count = edge.requests.length;
  expect((await callCli(["evals", "compare", "ticket-router", "yesterday"], { edge })).exitCode).toBe(2);
  expect(edge.requests).toHaveLength(count);
});

const report = (change: Partial<TestReport>): TestReport => ({
  worker: workerNameSchema.parse("ticket-router"),
  version: 2,
  verdict: "pass",
  reasons: [],
  run_id: sampleRunId,
  status: "completed",
  input_errors: [],
  output_errors: [],
  outputs: { team: "billing" },
  failure: null,
  scores: [],
  latency_ms: 1200,
  cost_usd: 0,
  total_tokens: null,
  log_tail: [],
  ...change,
});

it("tests a folder as a version that stays inactive, and says the verdict by the exit code", async () => {
  const dir = await mkdtemp(join(tmpdir(), "floom-test-"));
  await writeFile(join(dir, "worker.yml"), 'schema_version: "0.3"\nname: ticket-router\n');
  edge = await startFakeEdge({
    putWorkerBundle: () => samplePush({ version: { ...sampleVersion(2), active: false } }),
    testWorker: () => report({ verdict: "fail", reasons: ["fields: team is general"] }),
  });
  const failed = await callCli(["test", "./", "--json"], { edge, cwd: dir });
  expect([failed.exitCode, failed.stderr]).toEqual([1, ""]);
  expect(JSON.parse(failed.stdout)).toMatchObject({ verdict: "fail" });
  const [pushed, tested] = edge.requests;
  expect(pushed).toMatchObject({ routeId: "putWorkerBundle", query: { activate: "false" } });
  expect(JSON.parse(String(tested?.body))).toMatchObject({ version: 2, inputs: {} });
});

it("tests a worker by name, and prints outputs and why it failed", async () => {
  edge = await startFakeEdge({
    testWorker: () =>
      report({
        verdict: "fail",
        run_id: null,
        status: null,
        outputs: {},
        input_errors: [{ pointer: "/inputs/ticket", detail: "is missing" }],
      }),
  });
  const refused = await callCli(["test", "ticket-router"], { edge });
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("/inputs/ticket is missing");
  await edge.close();
  edge = await startFakeEdge({ testWorker: () => report({}) });
  const passed = await callCli(["test", "ticket-router"], { edge });
  expect(passed.exitCode).toBe(0);
  expect(passed.stdout).toContain("billing");
});
