import { defineRoute } from "../route.ts";
import { changeSettingsSchema, storageReportSchema, workspaceSettingsSchema } from "./retention.ts";

export const retentionRoutes = {
  getWorkspaceSettings: defineRoute({
    id: "getWorkspaceSettings",
    method: "GET",
    path: "/api/workspace/settings",
    tag: "Retention",
    summary: "Show what the workspace has set for itself",
    access: "workers:read",
    answer: { kind: "json", status: 200, schema: workspaceSettingsSchema, description: "The settings." },
    problems: [],
  }),
  changeWorkspaceSettings: defineRoute({
    id: "changeWorkspaceSettings",
    method: "PATCH",
    path: "/api/workspace/settings",
    tag: "Retention",
    summary: "Change the workspace's settings; what is left out stays",
    description:
      "A shorter time deletes what is older at the next look (`next_look_at` of the storage), and not before.",
    access: "workers:write",
    body: { kind: "json", schema: changeSettingsSchema, limit: "json_body_bytes" },
    answer: { kind: "json", status: 200, schema: workspaceSettingsSchema, description: "The settings." },
    problems: [],
  }),
  getStorage: defineRoute({
    id: "getStorage",
    method: "GET",
    path: "/api/workspace/storage",
    tag: "Retention",
    summary: "Say what is stored, and what goes when",
    access: "workers:read",
    answer: { kind: "json", status: 200, schema: storageReportSchema, description: "What is stored." },
    problems: [],
  }),
} as const;
