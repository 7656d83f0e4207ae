import type { Limit } from "../limit.ts";
import { KIB } from "../limit.ts";

/** The limits of evaluations. */
export const evaluationLimits = {
  evaluation_file_bytes: { value: 256 * KIB, unit: "bytes", what: "the files in a worker's evals/ together" },
  evaluation_cases: { value: 200, unit: "items", what: "cases of one evaluation, over all of its suites" },
  evaluation_samples: { value: 20, unit: "runs", what: "samples of one case" },
  evaluation_runs: {
    value: 500,
    unit: "runs",
    what: "runs of one evaluation: its cases times their samples",
  },
  evaluation_concurrency: { value: 10, unit: "runs", what: "runs of one evaluation at the same time" },
  evaluation_sample_seconds: { value: 3600, unit: "seconds", what: "the wait for one sample's run" },
  evaluations_at_once: { value: 3, unit: "items", what: "evaluations of one worker that are under way" },
  evaluations_compared: { value: 8, unit: "items", what: "evaluations in one tournament" },
  test_scorers: { value: 20, unit: "items", what: "scorers of one `floom test`" },
  test_log_lines: { value: 20, unit: "items", what: "the end of a run's log in the report of a test" },
  pattern_subject_characters: {
    value: 2000,
    unit: "characters",
    what: "the beginning of a text that a regex scorer looks at",
  },
} as const satisfies Record<string, Limit>;
