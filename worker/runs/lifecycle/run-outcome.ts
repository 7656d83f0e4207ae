import * as z from "zod";
import { runFailureSchema } from "#contract/runs/run-failure";
import { runWarningSchema } from "#contract/runs/run-warning";
import { runnerResultSchema } from "#contract/runner/runner";
import { storedJsonSchema, storedValuesSchema } from "../../platform/objects/stored-document.ts";

/** How a run ends, or will end once what it waits for has come. Part of a run's stored record. */
export const runOutcomeSchema = z.object({
  status: z.enum(["completed", "failed", "cancelled"]),
  failure: runFailureSchema.nullable(),
  /** Null when they are kept beside the record because of their size. */
  outputs: storedValuesSchema.nullable(),
  /** What is not as its schema says; absent where all is. */
  warnings: z.array(runWarningSchema).optional(),
});
export type RunOutcome = z.infer<typeof runOutcomeSchema>;

/** The last entry of an attempt's journal, as it is kept once it was taken in. */
export const keptResultSchema = runnerResultSchema.extend({
  outputs: storedValuesSchema.nullable(),
  decision_required: storedJsonSchema.optional(),
  await_external: storedJsonSchema.optional(),
});
