import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { evaluationLimits as limits } from "./limits.ts";

/** A suite's name is that of its file in `evals/`. */
export const suiteNameSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9_-]{0,62}[a-z0-9])?$/, "must be 1 to 64 lower-case letters, digits, _ and -");

const caseNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9 _.-]{0,78}[A-Za-z0-9])?$/,
    "must be 1 to 80 letters, digits, spaces, _ . -",
  );

const common = {
  name: z.string().min(1).max(60).optional().describe("What reports call it; its type when left out."),
  weight: z.number().positive().max(100).default(1).describe("How much it counts in the score."),
  required: z.boolean().default(true).describe("Whether a sample fails that fails this one."),
};
const field = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .describe("Which output: a name, or a path such as order.items.0.sku. Left out: all outputs.");
const atLeast = z.number().min(0).max(1);

export const trajectoryModes = ["strict", "unordered", "subset", "superset", "subsequence"] as const;

/** What judges one sample. Each answers a score from 0 to 1, and whether that is enough. */
export const scorerSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("exact").describe("The same as what is expected, in every member."),
    field,
    expected: z.json().optional().describe("Left out: what the case expects."),
    ...common,
  }),
  z.strictObject({
    type: z
      .literal("fields")
      .describe(
        "The share of the expected outputs that are as expected; texts without case and outer spaces.",
      ),
    at_least: atLeast.default(1).describe("Share that passes."),
    ...common,
  }),
  z.strictObject({
    type: z.literal("contains").describe("The text has all of these in it."),
    field,
    text: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(50)]),
    ignore_case: z.boolean().default(false),
    ...common,
  }),
  z.strictObject({
    type: z.literal("regex").describe("The text has a match."),
    field,
    pattern: z.string().min(1).max(500),
    ignore_case: z.boolean().default(false),
    ...common,
  }),
  z.strictObject({
    type: z.literal("json_schema").describe("It fits the JSON Schema (2020-12)."),
    field,
    schema: z.record(z.string(), z.json()),
    ...common,
  }),
  z.strictObject({
    type: z.literal("number").describe("A number that is near enough to the expected one."),
    field,
    expected: z.number().optional().describe("Left out: what the case expects of the field."),
    tolerance: z.number().min(0).default(0).describe("So much more or less."),
    relative: z.number().min(0).max(1).default(0).describe("Or such a share of the expected number."),
    ...common,
  }),
  z.strictObject({
    type: z.literal("judge").describe("A model scores the outputs by a rubric."),
    field,
    rubric: z.string().min(1).max(8000),
    model: z.string().min(1).max(200).optional().describe("Left out: the workspace's model."),
    at_least: atLeast.default(0.7).describe("Score that passes."),
    ...common,
  }),
  z.strictObject({
    type: z.literal("trajectory").describe("The tools that the run called."),
    tools: z.array(z.string().min(1)).max(200),
    mode: z
      .enum(trajectoryModes)
      .default("unordered")
      .describe(
        "strict: these in this order; unordered: these; subset: none but these; superset: these and others; subsequence: these in this order, others in between.",
      ),
    ...common,
  }),
]);
export type Scorer = z.output<typeof scorerSchema>;

const samples = z.int().min(1).max(limits.evaluation_samples.value);
const scorers = z.array(scorerSchema).max(20);

export const evalCaseSchema = z.strictObject({
  name: caseNameSchema,
  action: actionNameSchema.optional(),
  inputs: z.record(z.string(), z.json()).default({}),
  expected: z.record(z.string(), z.json()).optional().describe("Outputs that are expected."),
  scorers: scorers.default([]).describe("Besides those of the suite."),
  samples: samples.optional(),
});

/** A file in `evals/`, as authors write it. */
export const suiteSchema = z.strictObject({
  description: z.string().max(1000).optional(),
  samples: samples.default(1).describe("Runs of each case."),
  threshold: atLeast.default(1).describe("Share of the samples that have to pass."),
  pass_score: atLeast.default(0.7).describe("Weighted score from which a sample passes."),
  concurrency: z.int().min(1).max(limits.evaluation_concurrency.value).default(2),
  timeout_seconds: z
    .int()
    .min(1)
    .max(limits.evaluation_sample_seconds.value)
    .default(600)
    .describe("After so long a sample's run is cancelled, and the sample has failed."),
  scorers: scorers
    .default([])
    .describe("For every case. With none at all, expected outputs are compared by `fields`."),
  cases: z.array(evalCaseSchema).min(1).max(limits.evaluation_cases.value),
});
export type Suite = z.output<typeof suiteSchema>;

/** A suite with its name. */
export interface NamedSuite extends Suite {
  name: string;
}

export const namedSuiteSchema = suiteSchema.extend({ name: suiteNameSchema });
