import { defineRoute } from "../route.ts";
import {
  continueImportQuerySchema,
  exportWorkspaceQuerySchema,
  importAnswerSchema,
  importWorkspaceQuerySchema,
} from "./move.ts";

const tag = "Workspace";
const answer = {
  kind: "json",
  status: 200,
  schema: importAnswerSchema,
  description: "What became of each thing, and where to go on.",
} as const;

export const moveRoutes = {
  exportWorkspace: defineRoute({
    id: "exportWorkspace",
    method: "GET",
    path: "/api/workspace/export",
    tag,
    summary: "Take the whole workspace away as one zip",
    description:
      "Workers with their versions, schedules, webhooks and alerts; stores; contexts; templates; settings; the names of members and secrets; the records of runs. No secret's value is in it, and nothing of private workers and contexts that the caller does not see: the archive says what was left out. It is made while it is sent; one that was cut off is refused by an import. Needs the scopes to read all of that, and leaves an event in the record of changes.",
    access: "workspace:write",
    query: exportWorkspaceQuerySchema,
    answer: { kind: "stream", status: 200, media_type: "application/zip", description: "The archive." },
    problems: ["workspace_too_large"],
  }),
  importWorkspace: defineRoute({
    id: "importWorkspace",
    method: "POST",
    path: "/api/workspace/import",
    tag,
    summary: "Take over what an archive of a workspace holds",
    description:
      "Keeps the archive and takes over its first things; `next` says where `continueImport` goes on. Each thing passes what a person's own push would pass, is taken over whole or not at all, and never in the place of something else: what is there already stays, and is reported. The same archive may be sent again at any time.",
    access: "workspace:write",
    query: importWorkspaceQuerySchema,
    body: { kind: "bytes", media_types: ["application/zip"], limit: "workspace_archive_bytes" },
    answer,
    problems: ["invalid_archive"],
  }),
  continueImport: defineRoute({
    id: "continueImport",
    method: "POST",
    path: "/api/workspace/import/{archive}/continue",
    tag,
    summary: "Take over the next things of an archive",
    access: "workspace:write",
    query: continueImportQuerySchema,
    answer,
    problems: ["invalid_archive", "import_replaced"],
  }),
} as const;
