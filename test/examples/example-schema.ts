import * as z from "zod";
import { inputsSchema } from "#contract/runs/run";

/** A file output whose content holds each of these texts. */
export const fileExpectationSchema = z.strictObject({ $file_contains: z.array(z.string()).min(1) });

/** What an output must be: a file as above, or any JSON value, equal to it. */
const outputExpectationSchema = z.union([fileExpectationSchema, z.json()]);
export type OutputExpectation = z.infer<typeof outputExpectationSchema>;

/** A run that must end well: its outputs by name, and texts its log and its record must hold. */
const completedSchema = z.strictObject({
  status: z.literal("completed"),
  outputs: z.record(z.string(), outputExpectationSchema),
  artifacts: z.array(z.string()).default([]).describe("Paths of files kept beside the outputs."),
  log_contains: z.array(z.string()).default([]),
});

/** A run that must end badly, with exactly this code. */
const failedSchema = z.strictObject({
  status: z.literal("failed"),
  error_code: z.string(),
  log_contains: z.array(z.string()).default([]),
});

/** A run that must ask before it acts, and what its follow-up must give once it is approved. */
const pendingSchema = z.strictObject({
  status: z.literal("pending_approval"),
  label: z.string(),
  preview_contains: z.array(z.string()).min(1),
  outputs: z.record(z.string(), z.json()),
  log_contains: z.array(z.string()).default([]),
  approved: z.strictObject({
    comment: z.string().optional().describe("What the approver says with it."),
    outputs: z.record(z.string(), z.json()),
    log_contains: z.array(z.string()).default([]),
  }),
});

/** A folder that no push accepts; `findings` are `code` of the manifest's findings, in any order. */
const refusedSchema = z.strictObject({
  status: z.literal("refused"),
  error_code: z.string(),
  findings: z.array(z.string()).min(1),
});

/** `example.json` of a folder in `workers-examples`: what to run it with, and how that must end. */
export const exampleSchema = z.strictObject({
  inputs: inputsSchema,
  action: z.string().optional().describe("Which of its actions is run, where it has several."),
  files: z
    .record(z.string(), z.string())
    .default({})
    .describe("File inputs: name of the input -> path in the example's folder."),
  secrets: z
    .record(z.string(), z.string())
    .default({})
    .describe("Secrets that must be set before it runs; throw-away values."),
  contexts: z
    .record(z.string(), z.record(z.string(), z.string()))
    .default({})
    .describe("Contexts that must be there before it runs: name -> path in it -> what stands there."),
  needs: z.array(z.string()).default([]).describe("Names of examples that must be pushed before it runs."),
  expect: z.discriminatedUnion("status", [completedSchema, failedSchema, pendingSchema, refusedSchema]),
});
export type Example = z.infer<typeof exampleSchema>;
