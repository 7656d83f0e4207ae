import * as z from "zod";
import { requestLimits } from "./request-limits.ts";

/** Query members every list takes. `cursor` is opaque: take it from the last answer's `next_cursor`. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(requestLimits.page_items.value).default(50),
  cursor: z.string().max(512).optional(),
});
