import type { EvaluationResult } from "../../../worker/evaluations/store.ts";

/** What an evaluation has come to that had nothing to say. */
export const sampleResult: EvaluationResult = {
  suites: [],
  reasons: [],
  pass_rate: 1,
  score: 1,
  runs_done: 1,
  baseline: null,
  against_baseline: null,
  activation: null,
};
