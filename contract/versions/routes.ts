import * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  activateRequestSchema,
  activationResultSchema,
  activationSchema,
  versionDetailSchema,
  versionDiffSchema,
} from "./version.ts";

const activateBody = {
  kind: "json",
  schema: activateRequestSchema,
  limit: "json_body_bytes",
  optional: true,
} as const;
const activated = {
  kind: "json",
  status: 200,
  schema: activationResultSchema,
  description: "What is active now.",
} as const;
const activateProblems = ["not_found", "version_conflict", "activation_refused", "quota_exceeded"] as const;

export const versionRoutes = {
  getVersion: defineRoute({
    id: "getVersion",
    method: "GET",
    path: "/api/workers/{worker}/versions/{version}",
    tag: "Versions",
    summary: "Show one version of a worker",
    access: "workers:read",
    answer: { kind: "json", status: 200, schema: versionDetailSchema, description: "The version." },
    problems: ["not_found"],
  }),
  diffVersions: defineRoute({
    id: "diffVersions",
    method: "GET",
    path: "/api/workers/{worker}/versions/{version}/diff/{other}",
    tag: "Versions",
    summary: "Say what changes from one version to another, and what the worker may newly do",
    access: "workers:read",
    answer: { kind: "json", status: 200, schema: versionDiffSchema, description: "The changes." },
    problems: ["not_found"],
  }),
  activateVersion: defineRoute({
    id: "activateVersion",
    method: "POST",
    path: "/api/workers/{worker}/versions/{version}/activate",
    tag: "Versions",
    summary: "Make a version the active one, with its schema and triggers",
    description:
      "Runs that are on their way stay on their version. Refused when it would drop the approval or switch a paused or archived worker back on, unless `force` names that guard.",
    access: "workers:write",
    body: activateBody,
    answer: activated,
    problems: activateProblems,
  }),
  rollbackWorker: defineRoute({
    id: "rollbackWorker",
    method: "POST",
    path: "/api/workers/{worker}/rollback/{version}",
    tag: "Versions",
    summary: "The same as activate, at the path that Floom's clients know",
    access: "workers:write",
    body: activateBody,
    answer: activated,
    problems: activateProblems,
  }),
  listActivations: defineRoute({
    id: "listActivations",
    method: "GET",
    path: "/api/workers/{worker}/activations",
    tag: "Versions",
    summary: "List when a version was activated by hand, and by whom, newest first",
    access: "workers:read",
    answer: {
      kind: "json",
      status: 200,
      schema: z.array(activationSchema),
      description: "The newest 100.",
    },
    problems: ["not_found"],
  }),
} as const;
