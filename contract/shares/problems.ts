import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of whoever shares. What a visitor is refused is always the same `not_found`. */
export const shareProblems = {
  slug_taken: kind(409, "Another page has that address", "Choose another slug."),
  app_is_private: kind(
    409,
    "The app is private",
    "Open it first, e.g. with `floom share set WORKER --state link`; its links answer again from then on.",
  ),
  app_incomplete: kind(422, "The app lacks what its state needs", "Give what the detail names."),
  not_shareable: kind(409, "This cannot be shared", "The detail says why."),
  too_many_shares: kind(409, "The workspace has all the links it may", "Revoke some first."),
} as const satisfies Record<string, ProblemKind>;
