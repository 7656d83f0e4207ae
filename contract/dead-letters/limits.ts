import type { Limit } from "../limit.ts";

/** The limits of failed runs. */
export const deadLetterLimits = {
  redrive_runs: { value: 100, unit: "runs", what: "failed runs in one bulk re-drive or dismissal" },
} as const satisfies Record<string, Limit>;
