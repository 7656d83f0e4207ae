import * as z from "zod";
import { replayRequestSchema, runComparisonSchema } from "./replay.ts";
import { defineRoute } from "../route.ts";
import { runDetailSchema, runSummarySchema, startRunQuerySchema } from "../runs/run.ts";

const replay = {
  method: "POST",
  tag: "Runs",
  access: "runs:write",
  query: startRunQuerySchema,
  body: { kind: "json", schema: replayRequestSchema, limit: "json_body_bytes", optional: true },
  answer: { kind: "json", status: 202, schema: runDetailSchema, description: "The new run." },
  problems: [
    "public_url_unset",
    "not_found",
    "run_not_ended",
    "invalid_inputs",
    "stage_unknown",
    "worker_archived",
    "version_not_released",
    "signature_invalid",
    "worker_paused",
    "worker_not_runnable",
    "missing_secrets",
    "missing_contexts",
    "missing_connection",
    "idempotency_conflict",
    "queue_full",
    "quota_exceeded",
  ],
} as const;

export const replayRoutes = {
  replayRun: defineRoute({
    ...replay,
    id: "replayRun",
    path: "/api/runs/{run}/replay",
    summary: "Run an ended run again, on its own version or the active one",
    description:
      "The new run's `replay_of` names this one. Edited inputs are checked by the schema of the version that will run.",
  }),
  replayWorkerRun: defineRoute({
    ...replay,
    id: "replayWorkerRun",
    path: "/api/workers/{worker}/runs/{run}/replay",
    summary: "The same as replay, at the path that Floom's clients know",
  }),
  compareRuns: defineRoute({
    id: "compareRuns",
    method: "GET",
    path: "/api/runs/{run}/compare/{other}",
    tag: "Runs",
    summary: "Compare two runs: inputs, outputs, status, timing, log",
    access: "runs:read",
    answer: { kind: "json", status: 200, schema: runComparisonSchema, description: "Side by side." },
    problems: ["not_found"],
  }),
  listChildRuns: defineRoute({
    id: "listChildRuns",
    method: "GET",
    path: "/api/runs/{run}/children",
    tag: "Runs",
    summary: "List the runs that a run started by calling other workers, in the order of the calls",
    access: "runs:read",
    answer: { kind: "json", status: 200, schema: z.array(runSummarySchema), description: "The runs." },
    problems: ["not_found"],
  }),
} as const;
