import type { Limit } from "../limit.ts";

/** The limits of what agents remember, and of the rules that people give them. */
export const memoryLimits = {
  learning_characters: { value: 2000, unit: "characters", what: "one learning of an agent" },
  learnings_per_worker: {
    value: 200,
    unit: "items",
    what: "learnings of one worker, with those that wait for a review",
  },
  memory_prompt_characters: {
    value: 16_000,
    unit: "characters",
    what: "what an agent is told at first of its learnings; the newest go first, the others are in its memory's file",
  },
  feedback_characters: { value: 1000, unit: "characters", what: "one rule that people give an agent" },
  feedback_per_worker: { value: 50, unit: "items", what: "rules of one worker that are in force" },
} as const satisfies Record<string, Limit>;
