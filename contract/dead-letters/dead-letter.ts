import * as z from "zod";
import { runIdSchema } from "../ids.ts";
import { deadLetterLimits } from "./limits.ts";
import { pageQuerySchema } from "../page.ts";
import { failureKindSchema } from "../runs/run-failure.ts";
import { runSummarySchema } from "../runs/run.ts";

/** A failed run that nobody has started over or put aside yet. */
export const deadLetterSchema = runSummarySchema.extend({
  kind: failureKindSchema.describe("Whose turn it is: worker, limit, policy or platform."),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

const filterShape = {
  worker_id: z.string().optional().describe("Only runs of this worker."),
  code: z.string().optional().describe("Only failures with this code."),
  kind: failureKindSchema.optional(),
  since: z.iso.datetime().optional().describe("Only runs accepted since then."),
};

export const listDeadLettersQuerySchema = pageQuerySchema.extend(filterShape);

export const deadLetterPageSchema = z.object({
  runs: z.array(deadLetterSchema),
  next_cursor: z.string().nullable(),
});

/** Which failed runs: by id, or all that a filter matches, the oldest first. One of the two must be given. */
const selectionShape = {
  ids: z.array(runIdSchema).min(1).max(deadLetterLimits.redrive_runs.value).optional(),
  filter: z.strictObject(filterShape).optional(),
  limit: z
    .int()
    .min(1)
    .max(deadLetterLimits.redrive_runs.value)
    .default(deadLetterLimits.redrive_runs.value)
    .describe("How many of those that the filter matches."),
};
const oneOfBoth = ({ ids, filter }: { ids?: unknown; filter?: unknown }) =>
  (ids === undefined) !== (filter === undefined);
const oneOfBothMessage = { message: "Give ids or filter, one of the two.", path: ["ids"] };

export const redriveRequestSchema = z
  .strictObject({ ...selectionShape, version: z.enum(["same", "active"]).default("active") })
  .refine(oneOfBoth, oneOfBothMessage);
export type RedriveRequest = z.infer<typeof redriveRequestSchema>;

export const dismissRequestSchema = z.strictObject(selectionShape).refine(oneOfBoth, oneOfBothMessage);
export type DismissRequest = z.infer<typeof dismissRequestSchema>;

export const redriveResultSchema = z.object({
  id: z.string(),
  outcome: z
    .enum(["redriven", "already", "refused"])
    .describe("already: it had been started over before; run_id is that run."),
  run_id: runIdSchema.nullable(),
  problem: z.object({ code: z.string(), detail: z.string() }).nullable(),
});
export type RedriveResult = z.infer<typeof redriveResultSchema>;

export const redriveAnswerSchema = z.object({ results: z.array(redriveResultSchema) });
export const dismissAnswerSchema = z.object({ dismissed: z.array(runIdSchema) });
