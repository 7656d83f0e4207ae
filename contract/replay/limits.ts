import type { Limit } from "../limit.ts";

/** The limits of comparing runs. */
export const replayLimits = {
  compared_log_lines: { value: 2000, unit: "items", what: "log lines of each run when two are compared" },
} as const satisfies Record<string, Limit>;
