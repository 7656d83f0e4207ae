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
  sandbox_uses: {
    value: 50,
    unit: "items",
    what: "runs in one sandbox, where a worker says exec.reuse: worker",
  },
  sandbox_reuse_seconds: {
    value: 3600,
    unit: "seconds",
    what: "the age at which a sandbox is given to no other run, where a worker says exec.reuse: worker",
  },
  sandbox_idle_seconds: {
    value: 60,
    unit: "seconds",
    what: "how long such a sandbox waits for its next run",
  },
  sandboxes_kept: { value: 16, unit: "items", what: "sandboxes that wait for the next run of one version" },
} as const satisfies Record<string, Limit>;
