import type { Limit } from "../limit.ts";

/** The limits of work sessions. */
export const workSessionLimits = {
  work_sessions_per_workspace: {
    value: 1000,
    unit: "items",
    what: "work sessions of a workspace, with those that have ended",
  },
  session_name_characters: { value: 120, unit: "characters", what: "the name of a work session" },
  session_note_characters: {
    value: 4000,
    unit: "characters",
    what: "one note of a work session, and what is said at its end",
  },
  session_notes: { value: 500, unit: "items", what: "notes of one work session" },
  session_runs: { value: 1000, unit: "runs", what: "runs of one work session" },
  session_shown_items: {
    value: 200,
    unit: "items",
    what: "the newest runs and notes that a work session shows",
  },
  session_lapse_seconds: {
    value: 86_400,
    unit: "seconds",
    what: "the longest silence after which a work session counts as lapsed",
  },
} as const satisfies Record<string, Limit>;
