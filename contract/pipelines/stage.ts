import * as z from "zod";
import { actionNameSchema, workerNameSchema } from "../ids.ts";
import { pipelineLimits } from "./limits.ts";

/** A stage is named in expressions, where a hyphen would be a minus. */
export const stageNamePattern = /^[a-z][a-z0-9_]{0,47}$/;
export const stageNameSchema = z.string().regex(stageNamePattern).brand<"stage_name">();

/** What an input of a stage is: written as it is, or read by an expression. */
export const stageInputSchema = z.union([
  z.strictObject({
    expression: z.string(),
    /** What it is where the expression reads what is not there. */
    default: z.json().optional(),
    /** It is left out where the expression reads what is not there. */
    optional: z.literal(true).optional(),
  }),
  z.strictObject({ value: z.json() }),
]);
export type StageInput = z.infer<typeof stageInputSchema>;

/** A stage as it is stored with a version: what it waits for is settled. */
export const storedStageSchema = z.strictObject({
  name: stageNameSchema,
  worker: workerNameSchema,
  action: actionNameSchema.optional(),
  input: z.record(z.string(), stageInputSchema),
  /** Names of the stages before it: those it reads and those it says it comes after. */
  needs: z.array(stageNameSchema),
  /** Runs only where this holds. */
  when: z.string().optional(),
  /** Gives a list: one run for each of its items, which `item` stands for. */
  for_each: z.string().optional(),
  /** How often it is tried again after a failure. */
  retries: z.int().min(0),
  timeout_seconds: z.number().positive().optional(),
  /** Whether the pipeline goes on where it fails. */
  optional: z.boolean(),
  /** A person approves its inputs before each of its runs. */
  approval: z.strictObject({ label: z.string().optional() }).optional(),
  /** A run of it that completed stands for another one with the same inputs, for so long. */
  cache: z.strictObject({ ttl_seconds: z.int().positive() }).optional(),
});
export type StoredStage = z.infer<typeof storedStageSchema>;

/** How a plan comes about that a worker makes while the pipeline runs; the first stage is that worker. */
export const planRulesSchema = z.strictObject({
  /** The workers that a plan may use. */
  workers: z.array(workerNameSchema),
  /** A person approves it before anything of it runs. */
  approval: z.strictObject({ label: z.string().optional() }).optional(),
  /** So often another plan is asked for in place of one that is refused or is none. */
  revisions: z.int().min(0),
  /** The planner is told what is said of its plan, as `feedback`, and what it was, as `previous_plan`. */
  takes_feedback: z.boolean().optional(),
});
export type PlanRules = z.infer<typeof planRulesSchema>;

export const planStatusSchema = z.enum(["draft", "approved", "executing", "executed", "failed"]);

export const storedPipelineSchema = z.strictObject({
  stages: z.array(storedStageSchema).min(1).max(pipelineLimits.pipeline_stages.value),
  /** What the pipeline gives, by output; absent: the outputs of all its stages, by stage. */
  returns: z.record(z.string(), stageInputSchema).optional(),
  plan: planRulesSchema.optional(),
});
export type StoredPipeline = z.infer<typeof storedPipelineSchema>;

/** The plan of a pipeline whose stages a worker decides on; see PlanRules. */
export const planStateSchema = z.object({
  status: planStatusSchema,
  /** How many plans came before this one. */
  revision: z.int(),
  /** What was said of the plan before, and that plan. */
  feedback: z.string().nullable(),
  previous: z.json(),
  /** As it is carried out; none before that. */
  stages: z.array(storedStageSchema),
  returns: z.record(z.string(), stageInputSchema).optional(),
});
export type PlanState = z.infer<typeof planStateSchema>;

export const stageStatusSchema = z.enum(["pending", "running", "completed", "failed", "skipped"]);

/** Where a stage of a pipeline's run stands. */
export const stageViewSchema = z.object({
  name: stageNameSchema,
  worker: z.string(),
  status: stageStatusSchema,
  run_id: z
    .string()
    .nullable()
    .describe("Its newest run; null for one with for_each, and before it has one."),
  run_ids: z
    .array(z.string())
    .describe("With for_each, once the stage is over: the newest run of each item that was begun."),
  items: z
    .object({ total: z.int(), done: z.int() })
    .nullable()
    .describe("With for_each, once its list is known."),
  error: z.string().nullable().describe("Why it failed, or why it was skipped."),
  needs: z.array(z.string()).default([]).describe("The stages that it waits for."),
  plan: planStatusSchema
    .nullable()
    .default(null)
    .describe("Of a stage that makes a plan: where its plan stands."),
  started_at: z.string().nullable().default(null).describe("When its turn came, ISO 8601."),
  ended_at: z.string().nullable().default(null).describe("When it was over, ISO 8601."),
});
export type StageView = z.infer<typeof stageViewSchema>;

/** A stage that a run takes over from the run that it goes on from, with the runs that it had. */
export const keptStageSchema = z.object({ name: stageNameSchema, run_ids: z.array(z.string()) });
export type KeptStage = z.infer<typeof keptStageSchema>;

/** The plan that a run goes on with, and other inputs of one of its stages than that says. */
export const keptPlanSchema = z.object({
  plan: planStateSchema,
  edit: z.object({ name: z.string(), inputs: z.record(z.string(), z.json()) }).nullable(),
});
export type KeptPlan = z.infer<typeof keptPlanSchema>;
