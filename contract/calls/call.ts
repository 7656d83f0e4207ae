import * as z from "zod";
import { actionNameSchema, requestKeySchema, runIdSchema } from "../ids.ts";
import { workerNameSchema } from "../manifest/manifest.ts";
import { runFailureSchema } from "../runs/run-failure.ts";
import { inputsSchema, runStatusSchema } from "../runs/run.ts";

/** Body of a call from a running worker to another one. */
export const callRequestSchema = z.strictObject({
  worker: workerNameSchema,
  action: actionNameSchema.optional().describe("Which of its actions; may be left out where it has one."),
  inputs: inputsSchema.default({}),
  key: requestKeySchema.describe(
    "Names the call within its run: the same key finds the same child, in a later attempt too, unless that child has failed: then it is started anew, once in each attempt.",
  ),
  timeout_seconds: z
    .number()
    .positive()
    .optional()
    .describe("At most this long; never beyond the caller's rest."),
});
export type CallRequest = z.infer<typeof callRequestSchema>;

/** A child run as its caller sees it. */
export const calledRunSchema = z.object({
  run_id: runIdSchema,
  worker: z.string(),
  status: runStatusSchema,
  outputs: z.record(z.string(), z.json()).describe("Empty until the run has completed."),
  failure: runFailureSchema.nullable(),
});
export type CalledRun = z.infer<typeof calledRunSchema>;
