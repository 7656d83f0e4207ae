import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a workspace's templates. */
export const templateProblems = {
  invalid_template: kind(
    422,
    "template.yml has errors",
    "Each entry of errors has line, column, code and fix.",
  ),
  too_many_templates: kind(
    409,
    "The workspace has all the templates it may have",
    "Remove one that no worker uses.",
  ),
} as const satisfies Record<string, ProblemKind>;
