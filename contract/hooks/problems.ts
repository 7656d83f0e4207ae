import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of webhooks. */
export const hookProblems = {
  hook_refused: kind(
    404,
    "There is no such hook, or its signature is wrong",
    "Check address, secret and clock; `floom deliveries list` tells the hook's owner what was wrong.",
  ),
} as const satisfies Record<string, ProblemKind>;
