import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of pipelines. */
export const pipelineProblems = {
  stage_unknown: kind(
    422,
    "The run has no such stage",
    "Name one of the stages in the run's document; only a pipeline has any.",
  ),
} as const satisfies Record<string, ProblemKind>;
