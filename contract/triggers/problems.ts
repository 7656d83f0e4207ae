import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of triggers and schedules. */
export const triggerProblems = {
  trigger_paused: kind(409, "The trigger is paused", "Resume it, then send the event again."),
} as const satisfies Record<string, ProblemKind>;
