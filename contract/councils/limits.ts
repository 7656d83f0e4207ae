import type { Limit } from "../limit.ts";

/** The limits of councils. */
export const councilLimits = {
  council_members: { value: 8, unit: "items", what: "members of a council" },
  council_rounds: { value: 10, unit: "items", what: "rounds of a council" },
  council_statement_characters: {
    value: 8000,
    unit: "characters",
    what: "what is kept of one statement of a council; the member's own run has all of it",
  },
  council_transcript_characters: {
    value: 24_000,
    unit: "characters",
    what: "what a member of a council is told of what was said; the newest goes first",
  },
  council_message_characters: { value: 4000, unit: "characters", what: "one message to a council" },
  council_messages: { value: 50, unit: "items", what: "messages to one run of a council" },
} as const satisfies Record<string, Limit>;
