import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of what scripts ask models. */
export const scriptModelProblems = {
  dry_run: kind(
    409,
    "Nothing leaves a dry run",
    "A dry replay asks no model: have the script look at floom.context.dry_run, or replay it without dry.",
  ),
} as const satisfies Record<string, ProblemKind>;
