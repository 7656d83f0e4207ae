import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of evaluations. */
export const evaluationProblems = {
  no_evaluations: kind(
    409,
    "The version has no such evaluation",
    "Add a file with cases, e.g. evals/basics.yml, push the worker, and evaluate that version.",
  ),
  too_many_evaluations: kind(
    409,
    "Too many evaluations are under way",
    "Wait for one to end, or cancel one.",
  ),
  evaluation_not_over: kind(409, "The evaluation is not over", "Wait until its status is completed."),
  evaluation_failed_before: kind(
    409,
    "An evaluation without a verdict of pass is no baseline",
    "Choose one that has passed.",
  ),
  baseline_missing: kind(
    409,
    "There is nothing to compare with",
    "Name another evaluation, or set a baseline.",
  ),
} as const satisfies Record<string, ProblemKind>;
