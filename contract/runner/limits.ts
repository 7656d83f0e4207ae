import { KIB, MIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of what the runner sends. */
export const runnerLimits = {
  journal_post_bytes: { value: 512 * KIB, unit: "bytes", what: "one post of a run's journal" },
  told_characters: {
    value: 8000,
    unit: "characters",
    what: "one message of a script (its error, its progress); a longer one is cut",
  },
  journal_bytes: { value: 32 * MIB, unit: "bytes", what: "the journal of one attempt" },
} as const satisfies Record<string, Limit>;
