import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of who may what. */
export const accessProblems = {
  unauthenticated: kind(
    401,
    "Sign in first",
    "Send `Authorization: Bearer <token>`; locally the token is in .floom/token.",
  ),
  insufficient_scope: kind(403, "The token may not do this", "Use a token with the scope the detail names."),
} as const satisfies Record<string, ProblemKind>;
