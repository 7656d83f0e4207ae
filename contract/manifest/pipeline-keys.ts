import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { pipelineLimits } from "../pipelines/limits.ts";
import { stageNamePattern } from "../pipelines/stage.ts";
import { text } from "./key-kinds.ts";

const expression = (description: string) =>
  z.string().regex(/\S/).optional().meta({
    description,
    rule: "Write a CEL expression, e.g. extract.outputs.pages > 3.",
    code: "bad_expression",
  });

const inputValues = z.record(z.string(), z.json());

const authoredStageSchema = z.strictObject({
  name: z.string().regex(stageNamePattern).meta({
    description: "What the other stages call it.",
    rule: "Begin with a lower-case letter; then at most 47 lower-case letters, digits and underscores.",
    code: "bad_stage_name",
  }),
  worker: z
    .string()
    .regex(/\S/)
    .meta({ description: "The worker that does it.", rule: "Write the name of a worker of this workspace." }),
  action: actionNameSchema.optional().meta({
    description: "Which of the worker's actions; may be left out where it has one.",
    rule: "Write the name of an action.",
  }),
  input: inputValues.optional().meta({
    description:
      "Its inputs: a text is a CEL expression over inputs, item and the stages before (extract.outputs.text, 'a text'); all else is the value itself.",
    rule: "Write a mapping of inputs and expressions.",
    default: {},
  }),
  input_mapping: inputValues.optional().meta({
    description:
      "Its inputs in the older form: a path (extract.output.pages.0, goal.context.text), a quoted text, {source: path, default: value}, {source: path, optional: true}, or the value itself.",
    rule: "Write a mapping of inputs and paths.",
    default: {},
  }),
  after: z.array(z.string()).optional().meta({
    description: "Stages that come first though nothing of them is read.",
    rule: "Write a list of stages.",
    default: [],
  }),
  when: expression("It is skipped where this does not hold."),
  condition: z.string().regex(/\S/).optional().meta({
    description: "when in the older, short form: path == value or path != value; or an expression.",
    rule: "Write a path, == or !=, and a value.",
    code: "bad_expression",
  }),
  for_each: expression("A list: the stage has one run for each of its items, called item in input."),
  retries: z
    .int()
    .min(0)
    .max(pipelineLimits.pipeline_retries.value)
    .optional()
    .meta({
      description: "How often it is tried again after a failure.",
      rule: `Write a whole number from 0 to ${pipelineLimits.pipeline_retries.value}.`,
      default: 0,
    }),
  timeout_seconds: z.number().positive().optional().meta({
    description: "How long one run of it may take; never longer than the worker's own limit.",
    rule: "Write a number of seconds.",
  }),
  optional: z.boolean().optional().meta({
    description: "Whether the pipeline goes on where this stage fails.",
    rule: "Write true or false.",
    default: false,
  }),
  approval: z
    .union([z.boolean(), z.strictObject({ label: text("What people read first.") })])
    .optional()
    .meta({
      description: "Whether a person approves, edits or rejects its inputs before each of its runs.",
      rule: "Write true, or a mapping with label.",
      default: false,
    }),
  cache: z
    .strictObject({
      ttl: z
        .string()
        .regex(/^[1-9]\d{0,4}[smhd]$/)
        .meta({
          description: "How long.",
          rule: 'Write seconds, minutes, hours or days, e.g. "30m" or "7d".',
        }),
    })
    .optional()
    .meta({
      description:
        "A completed run with the same inputs, on the same version of its worker, stands for another one so long.",
      rule: 'Write ttl, e.g. {ttl: "1h"}.',
    }),
  description: text("What it is for; people read it."),
});
export type AuthoredStage = z.infer<typeof authoredStageSchema>;

const planSchema = z.strictObject({
  planner: z.string().regex(/\S/).meta({
    description: "The worker that makes the plan, as its output plan.",
    rule: "Write the name of a worker of this workspace.",
  }),
  action: actionNameSchema.optional().meta({
    description: "Which of the planner's actions.",
    rule: "Write the name of an action.",
  }),
  input: inputValues.optional().meta({
    description: "The planner's inputs, as those of a stage.",
    rule: "Write a mapping of inputs and expressions.",
    default: {},
  }),
  workers: z.array(z.string().regex(/\S/)).min(1).meta({
    description: "The workers that a plan may use.",
    rule: "Write a list of workers.",
  }),
  approval: z
    .union([z.boolean(), z.strictObject({ label: text("What people read first.") })])
    .optional()
    .meta({
      description: "Whether a person approves, edits or rejects the plan before anything of it runs.",
      rule: "Write true, or a mapping with label.",
      default: false,
    }),
  revisions: z.int().min(0).max(5).optional().meta({
    description: "How often another plan is asked for in place of one that is rejected or is none.",
    rule: "Write a whole number from 0 to 5.",
    default: 0,
  }),
});

/** Keys of worker.yml for pipelines. */
export const pipelineKeys = {
  stages: z.array(authoredStageSchema).max(pipelineLimits.pipeline_stages.value).optional().meta({
    description: "Stages of a pipeline (exec.mode pipeline): each has a worker do something.",
    rule: "Write a list of name, worker and input.",
  }),
  plan: planSchema.optional().meta({
    description: "In place of stages: a worker decides on them while the pipeline runs.",
    rule: "Write planner and workers.",
  }),
  returns: inputValues.optional().meta({
    description:
      "What the pipeline gives, by output: CEL expressions as in input. Left out: the outputs of every stage, by stage.",
    rule: "Write a mapping of outputs and expressions.",
  }),
};
