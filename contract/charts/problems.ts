import { kind } from "../problem-kind.ts";
import type { ProblemKind } from "../problem-kind.ts";

/** The refusals of a chart. */
export const chartProblems = {
  chart_not_drawn: kind(
    422,
    "The chart is not drawn",
    "The detail says what in it is not drawn here; the output itself is whole. docs/reference/charts.md lists what is.",
  ),
} as const satisfies Record<string, ProblemKind>;
