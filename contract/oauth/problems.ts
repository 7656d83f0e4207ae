import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of connected clients. */
export const oauthProblems = {
  client_request_invalid: kind(
    400,
    "The request of the client cannot be taken up",
    "Begin anew in the program that asked to be connected.",
  ),
} as const satisfies Record<string, ProblemKind>;
