import * as z from "zod";
import { workspaceInfoSchema } from "../access/access.ts";
import { defineRoute } from "../route.ts";

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
  getWorkerOpenapi: defineRoute({
    id: "getWorkerOpenapi",
    method: "GET",
    path: "/api/workers/{worker}/openapi.json",
    tag: "System",
    summary: "Describe a worker's actions as OpenAPI 3.1",
    description:
      "Of the active version: a path for each action with what goes in, what comes out and how it is refused.",
    access: "workers:read",
    answer: {
      kind: "stream",
      status: 200,
      media_type: "application/json",
      description: "The OpenAPI document.",
    },
    problems: ["not_found"],
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
    access: "any",
    answer: {
      kind: "json",
      status: 200,
      schema: workspaceInfoSchema,
      description: "Workspace and principal.",
    },
    problems: [],
  }),
} as const;
