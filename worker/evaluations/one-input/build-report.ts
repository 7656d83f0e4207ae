import { evaluationLimits as limits } from "#contract/evaluations/limits";
import type { Score } from "#contract/evaluations/evaluation";
import type { TestReport, WorkerTest } from "#contract/evaluations/worker-test";
import type { Manifest } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { findOutputFaults } from "../../runs/outcome/check-outputs.ts";
import { byExpectation } from "../expand-order.ts";
import { scoreRun } from "../score.ts";

/** What was tested, and of which version. */
export interface Tested {
  worker: TestReport["worker"];
  version: number;
  manifest: Pick<Manifest, "exec" | "actions">;
  test: Pick<WorkerTest, "expected" | "scorers">;
}

type Place = Pick<TestReport, "worker" | "version">;

const nothing = {
  verdict: null,
  reasons: [],
  run_id: null,
  status: null,
  input_errors: [],
  output_errors: [],
  outputs: {},
  failure: null,
  scores: [],
  latency_ms: null,
  cost_usd: 0,
  total_tokens: null,
  log_tail: [],
};

/** The report of inputs that the version refuses. Pure. */
export function reportRefused({ worker, version }: Place, errors: readonly ProblemError[]): TestReport {
  const reason = "The version refuses the inputs: nothing was run.";
  return { ...nothing, worker, version, verdict: "fail", reasons: [reason], input_errors: [...errors] };
}

/** What a run has come to as a test; without a verdict while it is under way, or waits for a person. Pure. */
export function reportRun({ worker, version, manifest, test }: Tested, run: RunDetail): TestReport {
  const output_errors = faultsOf(manifest, run);
  const isWell = run.status === "completed";
  const scores = isWell ? scoresOf(test, run) : [];
  const isOver = isTerminal(run.status);
  const reasons = reasonsOf(run, { output_errors, scores });
  return {
    ...nothing,
    worker,
    version,
    verdict: isOver ? (reasons.length === 0 ? "pass" : "fail") : null,
    reasons,
    run_id: run.id,
    status: run.status,
    output_errors,
    outputs: run.outputs,
    failure: run.failure,
    scores,
    latency_ms: run.duration_ms,
    cost_usd: run.cost.total_usd,
    total_tokens: run.total_tokens,
    log_tail: run.logs.slice(-limits.test_log_lines.value),
  };
}

/** By the rule of a run's end: what functions return is judged by their hints, all else by worker.yml. */
function faultsOf(manifest: Tested["manifest"], run: RunDetail): TestReport["output_errors"] {
  const isJudged = run.status === "completed" || run.failure?.code === "output_validation_failed";
  if (!isJudged) return [];
  const warned = (run.warnings ?? []).filter(({ code }) => code === "output_mismatch");
  const faults = manifest.actions === undefined ? findOutputFaults(manifest.exec.outputs, run) : [];
  return [...faults, ...warned].map(({ pointer, detail }) => ({ pointer, detail }));
}

function scoresOf({ expected, scorers }: Tested["test"], { outputs }: RunDetail): Score[] {
  const asked = scorers.length === 0 && expected !== undefined ? [byExpectation] : scorers;
  return asked.flatMap((scorer) =>
    scorer.type === "judge" ? [] : [scoreRun(scorer, { run: { outputs, tools: [] }, expected })],
  );
}

function reasonsOf(
  { status, failure, why_waiting }: RunDetail,
  { output_errors, scores }: Pick<TestReport, "output_errors" | "scores">,
): string[] {
  if (!isTerminal(status)) return why_waiting === null ? [] : [why_waiting];
  const ended =
    status === "completed" ? [] : [`Its run is ${status}: ${failure?.message ?? "no reason is known"}`];
  const outputs = output_errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  const unmet = scores.filter(({ passed, required }) => required && !passed);
  return [
    ...ended,
    ...(status === "completed" ? outputs : []),
    ...unmet.map(({ scorer, reason }) => `${scorer}: ${reason}`),
  ];
}
