import * as z from "zod";
import { appThemeSchema } from "#contract/shares/share";
import { limits } from "#contract/limits";
import { defineDocument, defineUnmarked } from "../platform/objects/stored-document.ts";

const appSettingsSchema = z.object({
  invited: z.array(z.string()),
  embed_origins: z.array(z.string()),
  theme: appThemeSchema,
  actions: z.array(z.string()).nullable(),
  /** It has its address alone, and was never set: it is private, and its first link opens it. */
  untouched: z.boolean().default(false),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

export const appSettingsDocument = defineDocument("settings of an app", appSettingsSchema);
export const shareActionsForm = defineUnmarked("actions of a shared link", z.array(z.string()).nullable());

/** What a page has that nobody has set anything of. */
export const usualSettings: AppSettings = {
  invited: [],
  embed_origins: [],
  theme: { accent: null },
  actions: null,
  untouched: false,
};

export const usualBounds = {
  run_cap: null,
  runs_per_hour: limits.share_runs_per_hour.value,
  visitor_runs_per_hour: limits.visitor_runs_per_hour.value,
};
