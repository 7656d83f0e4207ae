import type { Limit } from "../limit.ts";
import { MIB } from "../limit.ts";

/** The limits of pipelines. */
export const pipelineLimits = {
  pipeline_stages: { value: 64, unit: "items", what: "stages of a pipeline" },
  pipeline_items: { value: 200, unit: "items", what: "items that a stage with for_each takes" },
  pipeline_parallel: {
    value: 20,
    unit: "items",
    what: "runs of its stages that a pipeline has under way at once",
  },
  pipeline_retries: { value: 5, unit: "items", what: "times that a stage is tried again" },
  pipeline_runs: { value: 500, unit: "runs", what: "runs of its stages that a pipeline may start in all" },
  expression_characters: { value: 1000, unit: "characters", what: "an expression in a pipeline" },
  expression_steps: { value: 200_000, unit: "times", what: "the steps in which an expression is evaluated" },
  expression_value_characters: {
    value: 4 * MIB,
    unit: "characters",
    what: "a value that an expression makes, lists and texts together",
  },
} as const satisfies Record<string, Limit>;
