import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of what agents do, and of what is told of it. */
export const agentLimits = {
  agent_text_characters: {
    value: 16_000,
    unit: "characters",
    what: "what is told of one text of an agent while it runs",
  },
  agent_shown_characters: {
    value: 4 * KIB,
    unit: "characters",
    what: "what is told of one call's arguments, or of its result, while an agent runs",
  },
  agent_command_seconds: { value: 300, unit: "seconds", what: "one command of an agent" },
  agent_command_characters: {
    value: 12_000,
    unit: "characters",
    what: "what an agent reads of a command's output, and of its error output",
  },
  agent_told_parts: {
    value: 200,
    unit: "items",
    what: "the newest parts of an agent's transcript in its run's document",
  },
} as const satisfies Record<string, Limit>;
