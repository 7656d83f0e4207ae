import * as z from "zod";
import {
  promoteRequestSchema,
  rejectRequestSchema,
  versionReviewSchema,
  waitingPageSchema,
} from "./review.ts";
import { pageQuerySchema } from "../page.ts";
import { versionSummarySchema } from "../workers/worker.ts";
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
const decided = {
  kind: "json",
  status: 200,
  schema: versionSummarySchema,
  description: "The version as it is now.",
} as const;
const activateProblems = [
  "not_found",
  "version_conflict",
  "version_not_released",
  "signature_invalid",
  "activation_refused",
  "quota_exceeded",
] as const;

export const versionRoutes = {
  listQuarantine: defineRoute({
    id: "listQuarantine",
    method: "GET",
    path: "/api/quarantine",
    tag: "Versions",
    summary: "List the versions of all workers that wait in quarantine, newest first",
    access: "workers:read",
    query: pageQuerySchema,
    answer: { kind: "json", status: 200, schema: waitingPageSchema, description: "A page of versions." },
    problems: [],
  }),
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
  reviewVersion: defineRoute({
    id: "reviewVersion",
    method: "GET",
    path: "/api/workers/{worker}/versions/{version}/review",
    tag: "Versions",
    summary: "Say what a version may do that the active one may not, and the other way round, with its files",
    access: "workers:read",
    answer: { kind: "json", status: 200, schema: versionReviewSchema, description: "The differences." },
    problems: ["not_found"],
  }),
  promoteVersion: defineRoute({
    id: "promoteVersion",
    method: "POST",
    path: "/api/workers/{worker}/versions/{version}/promote",
    tag: "Versions",
    summary: "Let a version out of quarantine and make it the active one; for owners and admins",
    access: "workers:write",
    body: { kind: "json", schema: promoteRequestSchema, limit: "json_body_bytes", optional: true },
    answer: decided,
    problems: ["not_found", "version_conflict", "quota_exceeded"],
  }),
  rejectVersion: defineRoute({
    id: "rejectVersion",
    method: "POST",
    path: "/api/workers/{worker}/versions/{version}/reject",
    tag: "Versions",
    summary: "Refuse a version in quarantine for good; for owners and admins",
    access: "workers:write",
    body: { kind: "json", schema: rejectRequestSchema, limit: "json_body_bytes" },
    answer: decided,
    problems: ["not_found", "version_conflict"],
  }),
  retireVersion: defineRoute({
    id: "retireVersion",
    method: "POST",
    path: "/api/workers/{worker}/versions/{version}/retire",
    tag: "Versions",
    summary: "Take a version that is not the active one out of use for good; for owners and admins",
    access: "workers:write",
    answer: decided,
    problems: ["not_found", "version_conflict"],
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
