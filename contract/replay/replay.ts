import * as z from "zod";
import { inputsSchema, runStatusSchema, runSummarySchema } from "../runs/run.ts";

/** Body of a replay. Everything has a default: the same inputs on the same version. */
export const replayRequestSchema = z.strictObject({
  version: z.enum(["same", "active"]).default("same"),
  inputs: inputsSchema
    .default({})
    .describe("Edits: they win over the recorded inputs; null takes a recorded input away."),
  dry: z
    .boolean()
    .default(false)
    .describe("Lets no side effect out: no network but the platform, calls answered from the record."),
  from_stage: z
    .string()
    .optional()
    .describe(
      "Of a pipeline: goes on from this stage. Stages that completed, and neither are it nor wait for it, are taken over with what they gave; all others run.",
    ),
  stage_inputs: inputsSchema
    .optional()
    .describe(
      "Of the stage that from_stage names: values in place of what its expressions say; null takes an input away.",
    ),
});
export type ReplayRequest = z.infer<typeof replayRequestSchema>;

export const valueChangeSchema = z.object({
  name: z.string(),
  change: z.enum(["same", "changed", "only_a", "only_b"]),
  a: z.json(),
  b: z.json(),
});
export type ValueChange = z.infer<typeof valueChangeSchema>;

/** Two runs side by side. */
export const runComparisonSchema = z.object({
  a: runSummarySchema,
  b: runSummarySchema,
  same_worker: z.boolean(),
  same_version: z.boolean(),
  status: z.object({ a: runStatusSchema, b: runStatusSchema, same: z.boolean() }),
  inputs: z.array(valueChangeSchema),
  outputs: z.array(valueChangeSchema),
  timing: z.object({
    a_ms: z.int().nullable(),
    b_ms: z.int().nullable(),
    delta_ms: z.int().nullable().describe("b minus a."),
  }),
  log: z.object({
    a_lines: z.int(),
    b_lines: z.int(),
    diff: z.string().nullable().describe("Unified diff; null when the logs are too different to show."),
    truncated: z.boolean().describe("Only the first lines of a longer log were compared."),
  }),
});
export type RunComparison = z.infer<typeof runComparisonSchema>;
