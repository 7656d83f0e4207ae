import * as z from "zod";
import { defineDocument } from "../platform/objects/stored-document.ts";

const missedStartSchema = z.object({
  worker_id: z.string(),
  trigger_id: z.string(),
  name: z.string(),
  due_at: z.number(),
  noted_at: z.number(),
  code: z.string(),
  reason: z.string(),
});

/** An expected start that did not happen, as it waits to be put on the list of those. Times are epoch milliseconds. */
export type MissedStart = z.infer<typeof missedStartSchema>;
export const missedStartDocument = defineDocument("missed start", missedStartSchema);
