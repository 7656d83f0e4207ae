import * as z from "zod";
import { storedJsonSchema } from "../../platform/objects/stored-document.ts";

/** What an agent has left of one output. */
export const leftOutputSchema = z.object({
  value: storedJsonSchema,
  /** Of an output that is a file: what lies in storage. */
  file: z
    .object({ path: z.string(), sha256: z.string(), size_bytes: z.int(), media_type: z.string() })
    .nullable(),
});
export type LeftOutput = z.infer<typeof leftOutputSchema>;
