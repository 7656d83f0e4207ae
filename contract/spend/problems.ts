import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals for the sake of money. */
export const spendProblems = {
  spend_cap_exceeded: retryable(
    kind(
      429,
      "A spend cap is reached",
      "Raise the cap that the detail names, or wait until its day or month is over, which Retry-After says.",
    ),
  ),
} as const satisfies Record<string, ProblemKind>;
