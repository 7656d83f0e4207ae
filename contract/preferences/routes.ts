import { defineRoute } from "../route.ts";
import { changePreferencesSchema, preferencesSchema } from "./preferences.ts";

const tag = "Preferences";
const answer = {
  kind: "json",
  status: 200,
  schema: preferencesSchema,
  description: "What is arranged.",
} as const;

/** What somebody has arranged for themselves: of a person the same whichever of their tokens and browsers asks. */
export const preferenceRoutes = {
  getPreferences: defineRoute({
    id: "getPreferences",
    method: "GET",
    path: "/api/preferences",
    tag,
    summary: "Show what whoever asks has starred and saved in the workspace",
    access: "any",
    answer,
    problems: [],
  }),
  changePreferences: defineRoute({
    id: "changePreferences",
    method: "PATCH",
    path: "/api/preferences",
    tag,
    summary: "Change what whoever asks has starred and saved",
    description: "A list that is given takes the place of the earlier one; nobody else sees it.",
    access: "any",
    body: { kind: "json", schema: changePreferencesSchema, limit: "json_body_bytes" },
    answer,
    problems: [],
  }),
} as const;
