import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

export const variableProblems = {
  too_many_variables: kind(
    409,
    "The workspace has as many variables as it may",
    "Delete one that is not needed any more: floom variables delete NAME.",
  ),
} as const satisfies Record<string, ProblemKind>;
