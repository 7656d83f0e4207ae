import * as z from "zod";
import { actionNameSchema, requestKeySchema, runIdSchema, workerNameSchema } from "../ids.ts";
import { problemErrorSchema } from "../problem.ts";
import { inputsSchema, logLineSchema, runStatusSchema } from "../runs/run.ts";
import { runFailureSchema } from "../runs/run-failure.ts";
import { scoreSchema } from "./evaluation.ts";
import { evaluationLimits as limits } from "./limits.ts";
import { scorerSchema } from "./suite.ts";

/** Body of `POST /api/workers/{worker}/test`: one input, and what it is to come to. */
export const workerTestSchema = z.strictObject({
  version: z
    .int()
    .positive()
    .optional()
    .describe("Which one; it need not be active. Left out: the active one."),
  action: actionNameSchema
    .optional()
    .describe("Which of the worker's actions; may be left out where there is one."),
  inputs: inputsSchema.default({}),
  expected: z
    .record(z.string(), z.json())
    .optional()
    .describe("Outputs that are expected; those that are not named may be anything."),
  scorers: z
    .array(scorerSchema)
    .max(limits.test_scorers.value)
    .refine((all) => all.every(({ type }) => type !== "judge" && type !== "trajectory"), {
      message: "A test has no judge and no trajectory: write a case in evals/ for these",
    })
    .default([])
    .describe("As those of a case in evals/; with none, what is expected is compared by `fields`."),
  key: requestKeySchema
    .optional()
    .describe(
      "The same key finds the same test of that version: ask again with it until there is a verdict.",
    ),
});
export type WorkerTest = z.infer<typeof workerTestSchema>;

/** What one input has come to. */
export const testReportSchema = z.object({
  worker: workerNameSchema,
  version: z.int().positive(),
  verdict: z
    .enum(["pass", "fail"])
    .nullable()
    .describe(
      "pass: the run completed, and its outputs are as declared and as expected. Null while it is under way.",
    ),
  reasons: z.array(z.string()).describe("Why it is not pass, in words."),
  run_id: runIdSchema.nullable().describe("Null where the inputs were refused: nothing was run."),
  status: runStatusSchema.nullable(),
  input_errors: z.array(problemErrorSchema).describe("What is wrong with the inputs, each at its place."),
  output_errors: z
    .array(z.object({ pointer: z.string(), detail: z.string() }))
    .describe("Where the outputs are not what the version declares."),
  outputs: z.record(z.string(), z.json()),
  failure: runFailureSchema.nullable(),
  scores: z.array(scoreSchema).describe("What was expected, once the run has completed."),
  latency_ms: z.int().nonnegative().nullable(),
  cost_usd: z.number().nonnegative(),
  total_tokens: z.int().nullable().describe("Of an agent's models; null for all else."),
  log_tail: z.array(logLineSchema).describe("The last lines of its log."),
});
export type TestReport = z.infer<typeof testReportSchema>;
