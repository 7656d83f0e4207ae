import * as z from "zod";

export const dependentSchema = z.object({
  worker: z.string(),
  how: z.enum(["stage", "calls"]).describe("By a stage of a pipeline, or because it may call it."),
  stage: z.string().nullable(),
  reads: z
    .array(z.string())
    .describe(
      "What its expressions read of the outputs, e.g. team, order.sku or lines[].text; * for all of them.",
    ),
  gives: z.array(z.string()).describe("Inputs that it gives."),
  breaks: z.array(z.string()).describe("What of that is not there any more, or wanted and not given."),
});
export type Dependent = z.infer<typeof dependentSchema>;

/** What depends on a worker, and what another of its versions would break. */
export const impactSchema = z.object({
  worker: z.string(),
  from: z.int().positive().describe("The active version."),
  to: z.int().positive(),
  dependents: z.array(dependentSchema),
  breaking: z.boolean().describe("Only where something that is mapped is not there any more."),
});
export type Impact = z.infer<typeof impactSchema>;

export const impactQuerySchema = z.object({
  version: z.coerce.number().int().positive().optional().describe("Left out: the newest one."),
});
