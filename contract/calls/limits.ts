import type { Limit } from "../limit.ts";

/** The limits of runs that start runs. */
export const callLimits = {
  calls_per_run: {
    value: 50,
    unit: "runs",
    what: "runs that one run may start by calling other workers; a pipeline has pipeline_runs",
  },
  call_depth_runs: { value: 3, unit: "runs", what: "runs one below the other when workers call workers" },
} as const satisfies Record<string, Limit>;
