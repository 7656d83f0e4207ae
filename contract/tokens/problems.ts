import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of tokens, service accounts, and signing in from a terminal. */
export const tokenProblems = {
  scope_exceeds_maker: kind(
    403,
    "The token would be allowed more than its maker",
    "Leave out the scopes that the detail names, or let somebody make it who has them.",
  ),
  person_required: kind(
    403,
    "Only a person may do this",
    "Sign in as yourself; a token that was made for a program cannot do it.",
  ),
  too_many_tokens: kind(409, "The workspace has all the tokens it may have", "Revoke one that nobody uses."),
  too_many_service_accounts: kind(
    409,
    "The workspace has all the service accounts it may have",
    "Delete one that nobody uses.",
  ),
  device_decided: kind(409, "This was decided already", "Begin anew in the terminal: floom login."),
  device_denied: kind(403, "The sign-in was denied", "Begin anew if you did not deny it: floom login."),
  device_consumed: kind(410, "The sign-in was used already", "Begin anew: floom login."),
  slow_down: retryable(
    kind(429, "Asked too often", "Wait as long as Retry-After says between two questions."),
  ),
} as const satisfies Record<string, ProblemKind>;
