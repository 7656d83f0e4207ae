import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of the record of changes. */
export const auditProblems = {
  audit_unavailable: kind(
    503,
    "The change could not be put on record",
    "It may have been made. Look at how things stand before you repeat it.",
  ),
} as const satisfies Record<string, ProblemKind>;
