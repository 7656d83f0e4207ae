import type { Limit } from "../limit.ts";

/** The limits of what is told of many runs at once. */
export const reportLimits = {
  report_runs: { value: 1000, unit: "runs", what: "the newest runs that one report counts" },
  report_days: { value: 90, unit: "days", what: "how far back a worker's days are told" },
  worker_log_lines: { value: 1000, unit: "items", what: "log lines of a worker in one answer" },
  worker_log_runs: { value: 10, unit: "runs", what: "the newest runs of a worker whose logs are looked at" },
  export_runs: { value: 10_000, unit: "runs", what: "one export of runs as CSV" },
  export_chosen_runs: { value: 1000, unit: "runs", what: "runs named in one export" },
} as const satisfies Record<string, Limit>;
