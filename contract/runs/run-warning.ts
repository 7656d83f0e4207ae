import * as z from "zod";

/** What is not as it should be with a run that came to its end all the same. */
export const runWarningSchema = z.object({
  code: z.literal("output_mismatch").describe("What a function returned is not what its signature says."),
  pointer: z.string().describe("JSON pointer to it in the run, such as /outputs/result/0/price."),
  detail: z.string().describe("What was expected there, in words."),
});
export type RunWarning = z.infer<typeof runWarningSchema>;
