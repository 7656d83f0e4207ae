import * as z from "zod";
import { runFailureSchema } from "#contract/runs/run-failure";

/** How a run ends, or will end once what it waits for has come. Part of a run's stored record. */
export const runOutcomeSchema = z.object({
  status: z.enum(["completed", "failed", "cancelled"]),
  failure: runFailureSchema.nullable(),
  /** Null when they are kept beside the record because of their size. */
  outputs: z.record(z.string(), z.json()).nullable(),
});
export type RunOutcome = z.infer<typeof runOutcomeSchema>;
