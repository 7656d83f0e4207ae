import { kind, retryable } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of signing in and of one's own account. */
export const accountProblems = {
  sign_in_refused: kind(
    401,
    "The address or the password is wrong",
    "Try again, ask for a sign-in link, or set a new password.",
  ),
  address_unconfirmed: kind(
    403,
    "The address is not confirmed",
    "Open the link in the mail that came when you signed up, or ask for another one.",
  ),
  link_used_or_old: kind(401, "The link does not work any more", "Ask for a new one: each works once."),
  too_many_sign_ins: retryable(
    kind(429, "Too many tries", "Wait for as long as Retry-After says, then try again."),
  ),
  set_up_already: kind(409, "There is an account already", "Sign in with it, or have its person invite you."),
  sign_in_too_old: kind(403, "This needs a fresh sign-in", "Sign in again, then do it within a few minutes."),
  only_owner_of_workspaces: kind(
    409,
    "A workspace would be left without an owner",
    "Hand the workspaces that the detail names to somebody else, or delete them first.",
  ),
  not_local: kind(
    403,
    "Only this machine's own page is let in like that",
    "Sign in, or open Floom at its loopback address on the machine it runs on.",
  ),
} as const satisfies Record<string, ProblemKind>;
