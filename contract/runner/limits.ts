import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of what the runner sends. */
export const runnerLimits = {
  journal_post_bytes: { value: 512 * KIB, unit: "bytes", what: "one post of a run's journal" },
  journal_bytes: {
    value: 32 * MIB,
    unit: "bytes",
    what: "all that an attempt hands over in its journal (log, progress, results); what comes after is left out",
  },
  progress_characters: { value: 500, unit: "characters", what: "a message of progress; the rest is cut off" },
  error_characters: {
    value: 4000,
    unit: "characters",
    what: "the sentence of a failure; the rest is cut off",
  },
} as const satisfies Record<string, Limit>;
