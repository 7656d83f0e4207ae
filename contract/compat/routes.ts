import * as z from "zod";
import { workspaceIdSchema } from "../ids.ts";
import { defineRoute } from "../route.ts";
import { healthSchema } from "../system/routes.ts";

/** Who asks, in the words of the first Floom's clients. There are no accounts: a token is all that is known of anybody. */
export const meSchema = z.object({
  user_id: z.string().describe("Id of the token."),
  username: z.string(),
  email: z.null(),
  role: z.enum(["owner", "member"]),
  auth_method: z.literal("token"),
  workspace_id: workspaceIdSchema,
});

export const systemInfoSchema = z.object({
  version: z.string(),
  api_version: z.string().describe("Of the first Floom's API whose paths and shapes are answered."),
  mode: z.literal("self-hosted"),
  workspace_id: workspaceIdSchema,
  workspace_name: z.string(),
  sandboxes: z.enum(["configured", "missing"]),
});

/** What the first Floom's clients ask of the server itself. */
export const compatSystemRoutes = {
  getHealthz: defineRoute({
    id: "getHealthz",
    method: "GET",
    path: "/api/healthz",
    tag: "System",
    summary: "Say whether the service works: the same as /api/health",
    access: "public",
    answer: { kind: "json", status: 200, schema: healthSchema, description: "The service answers." },
    problems: [],
  }),
  getSystemInfo: defineRoute({
    id: "getSystemInfo",
    method: "GET",
    path: "/api/system/info",
    tag: "System",
    summary: "Say what runs here",
    access: "workers:read",
    answer: { kind: "json", status: 200, schema: systemInfoSchema, description: "The server." },
    problems: [],
  }),
  getMe: defineRoute({
    id: "getMe",
    method: "GET",
    path: "/api/auth/me",
    tag: "Access",
    summary: "Say who the token is",
    access: "any",
    answer: { kind: "json", status: 200, schema: meSchema, description: "The token." },
    problems: [],
  }),
} as const;

const events = {
  kind: "stream",
  status: 200,
  media_type: "text/event-stream",
  description: "Events.",
} as const;

/** Other addresses of a run's events, and what a run was made of. */
export const compatRunRoutes = {
  streamRun: defineRoute({
    id: "streamRun",
    method: "GET",
    path: "/api/runs/{run}/stream",
    tag: "Runs",
    summary: "Follow a run: the same as /api/runs/{run}/events",
    access: "runs:read",
    answer: events,
    problems: ["not_found"],
  }),
  streamRunLogs: defineRoute({
    id: "streamRunLogs",
    method: "GET",
    path: "/api/runs/{run}/logs/stream",
    tag: "Runs",
    summary: "Follow a run: the same as /api/runs/{run}/events",
    access: "runs:read",
    answer: events,
    problems: ["not_found"],
  }),
  downloadRunBundle: defineRoute({
    id: "downloadRunBundle",
    method: "GET",
    path: "/api/runs/{run}/bundle",
    tag: "Runs",
    summary: "Download the worker's folder as the run had it",
    access: "runs:read",
    answer: { kind: "stream", status: 200, media_type: "application/zip", description: "The bundle." },
    problems: ["not_found"],
  }),
  downloadRunBundleFile: defineRoute({
    id: "downloadRunBundleFile",
    method: "GET",
    path: "/api/runs/{run}/bundle/{file}",
    tag: "Runs",
    summary: "Download one file of the worker's folder as the run had it",
    description: "`file` is its path in the folder, percent-encoded.",
    access: "runs:read",
    answer: { kind: "stream", status: 200, media_type: "application/octet-stream", description: "The file." },
    problems: ["not_found"],
  }),
} as const;
