import * as z from "zod";
import { workspaceInfoSchema } from "../access/access.ts";
import { defineRoute } from "../route.ts";
import { uploadSchema } from "../workers/worker.ts";

export const healthSchema = z.object({
  status: z.enum(["ok", "degraded"]),
  version: z.string(),
  time: z.iso.datetime(),
  checks: z.object({ database: z.enum(["ok", "failed"]), sandboxes: z.enum(["configured", "missing"]) }),
});

export const platformRoutes = {
  getHealth: defineRoute({
    id: "getHealth",
    method: "GET",
    path: "/api/health",
    tag: "System",
    summary: "Say whether the service works",
    access: "public",
    answer: { kind: "json", status: 200, schema: healthSchema, description: "The service answers." },
    problems: [],
  }),
  getOpenapi: defineRoute({
    id: "getOpenapi",
    method: "GET",
    path: "/api/openapi.json",
    tag: "System",
    summary: "Describe this API as OpenAPI 3.1",
    access: "public",
    answer: {
      kind: "stream",
      status: 200,
      media_type: "application/json",
      description: "The OpenAPI document.",
    },
    problems: [],
  }),
  getDocs: defineRoute({
    id: "getDocs",
    method: "GET",
    path: "/api/docs",
    tag: "System",
    summary: "Browse this API",
    access: "public",
    answer: { kind: "stream", status: 200, media_type: "text/html", description: "A page." },
    problems: [],
  }),
  getWorkspaceInfo: defineRoute({
    id: "getWorkspaceInfo",
    method: "GET",
    path: "/api/workspace/info",
    tag: "Access",
    summary: "Say which workspace and principal the token stands for",
    access: "workers:read",
    answer: {
      kind: "json",
      status: 200,
      schema: workspaceInfoSchema,
      description: "Workspace and principal.",
    },
    problems: [],
  }),
  createUpload: defineRoute({
    id: "createUpload",
    method: "POST",
    path: "/api/uploads",
    tag: "Uploads",
    summary: "Upload a file to use as an input",
    description: "Multipart form with one part named `file`. The answer's id is the value for a file input.",
    access: "runs:write",
    body: { kind: "multipart", field: "file", limit: "upload_bytes" },
    answer: { kind: "json", status: 201, schema: uploadSchema, description: "The stored file." },
    problems: ["unsupported_media_type", "invalid_request"],
  }),
  getUpload: defineRoute({
    id: "getUpload",
    method: "GET",
    path: "/api/uploads/{upload}",
    tag: "Uploads",
    summary: "Download an uploaded file",
    access: "runs:read",
    answer: { kind: "stream", status: 200, media_type: "application/octet-stream", description: "The file." },
    problems: ["not_found"],
  }),
} as const;
