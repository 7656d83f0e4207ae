import { defineRoute } from "../route.ts";
import {
  changeSettingsSchema,
  deleteWorkspaceSchema,
  storageReportSchema,
  workspaceDeletionSchema,
  workspaceSettingsSchema,
} from "./retention.ts";

export const retentionRoutes = {
  getWorkspaceSettings: defineRoute({
    id: "getWorkspaceSettings",
    method: "GET",
    path: "/api/workspace/settings",
    tag: "Retention",
    summary: "Show what the workspace has set for itself",
    access: "workspace:read",
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
    access: "workspace:write",
    body: { kind: "json", schema: changeSettingsSchema, limit: "json_body_bytes" },
    answer: { kind: "json", status: 200, schema: workspaceSettingsSchema, description: "The settings." },
    problems: ["people_only", "insufficient_scope"],
  }),
  getStorage: defineRoute({
    id: "getStorage",
    method: "GET",
    path: "/api/workspace/storage",
    tag: "Retention",
    summary: "Say what is stored, and what goes when",
    access: "workspace:read",
    answer: { kind: "json", status: 200, schema: storageReportSchema, description: "What is stored." },
    problems: [],
  }),
  deleteWorkspace: defineRoute({
    id: "deleteWorkspace",
    method: "DELETE",
    path: "/api/workspace",
    tag: "Retention",
    summary: "Delete the workspace with everything in it",
    description:
      "Needs the owner's token. From the answer on no token of the workspace is good any more and nothing is started; runs are cancelled, and everything goes: workers, runs, files, approvals, triggers, alerts, tokens, settings. That goes on behind the answer; until it is done the owner's token is refused with `workspace_being_deleted`, which says how much is left. Afterwards it makes a new, empty workspace.",
    access: "workspace:own",
    body: { kind: "json", schema: deleteWorkspaceSchema, limit: "json_body_bytes" },
    answer: {
      kind: "json",
      status: 202,
      schema: workspaceDeletionSchema,
      description: "The deletion has begun and cannot be taken back.",
    },
    problems: ["owner_only"],
  }),
} as const;
