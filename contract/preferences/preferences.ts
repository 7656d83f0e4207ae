import * as z from "zod";
import { preferenceLimits } from "./limits.ts";

/** A list as somebody has filtered it, under a name. */
export const savedViewSchema = z.strictObject({
  list: z.enum(["runs", "workers", "approvals", "audit", "dead_letters"]),
  name: z.string().trim().min(1).max(60),
  query: z
    .string()
    .max(500)
    .describe("The filters, as they stand in the page's address, without the question mark."),
});
export type SavedView = z.infer<typeof savedViewSchema>;

const starred = z
  .array(z.string().min(1).max(200))
  .max(preferenceLimits.starred_workers.value)
  .describe("Names of workers; one that is gone may still be among them.");
const views = z.array(savedViewSchema).max(preferenceLimits.saved_views.value);

/** What somebody has arranged for themselves in a workspace. */
export const preferencesSchema = z.object({ starred, views });
export type Preferences = z.infer<typeof preferencesSchema>;

/** What is left out stays as it is. */
export const changePreferencesSchema = z.strictObject({
  starred: starred.optional(),
  views: views.optional(),
});
export type ChangePreferences = z.infer<typeof changePreferencesSchema>;
