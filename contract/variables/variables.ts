import * as z from "zod";
import { variableLimits } from "./limits.ts";

/** `worker.variable`: a value is for one worker's variable, so that setting one never moves another worker's requests. */
export const variableNameSchema = z
  .string()
  .max(200)
  .regex(/^[a-z0-9][a-z0-9-]*\.[A-Za-z_]\w*$/, "must look like prometheus.base_url");

export const variableSchema = z.object({
  name: z.string().describe("The worker's name and its variable's, e.g. prometheus.base_url."),
  value: z.string(),
});
export type Variable = z.infer<typeof variableSchema>;

export const variablePageSchema = z.object({ variables: z.array(variableSchema) });

export const setVariableSchema = z.strictObject({
  value: z
    .string()
    .min(1)
    .max(variableLimits.variable_characters.value)
    .refine((value) => !value.includes("{{"), "holds a placeholder; variables are filled in once")
    .describe("Counts from the next push of the worker on."),
});
