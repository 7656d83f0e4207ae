import { defineRoute } from "../route.ts";
import { deployedSchema, deployRequestSchema, deployZipQuerySchema } from "./deploy.ts";

const description =
  "Creates the worker, or makes a new version of it. Typed Python functions need no worker.yml: each becomes an action with a form, an endpoint and a tool. What cannot be one is refused with its line and what to write instead.";
const answer = {
  kind: "json",
  status: 200,
  schema: deployedSchema,
  description: "Where it is, what it takes, and what is missing.",
} as const;
const problems = [
  "invalid_manifest",
  "invalid_bundle",
  "bundle_too_large",
  "unsupported_media_type",
  "quota_exceeded",
] as const;

export const deployRoutes = {
  deploy: defineRoute({
    id: "deploy",
    method: "POST",
    path: "/api/deploy",
    tag: "Workers",
    summary: "Deploy code in one call",
    description,
    access: "workers:write",
    body: { kind: "json", schema: deployRequestSchema, limit: "source_body_bytes" },
    answer,
    problems,
  }),
  deployZip: defineRoute({
    id: "deployZip",
    method: "POST",
    path: "/api/deploy/zip",
    tag: "Workers",
    summary: "Deploy a folder as a zip in one call",
    description,
    access: "workers:write",
    query: deployZipQuerySchema,
    body: {
      kind: "bytes",
      media_types: ["application/zip", "application/octet-stream"],
      limit: "bundle_zip_bytes",
    },
    answer,
    problems,
  }),
} as const;
