import { calledRunSchema, callRequestSchema } from "./call.ts";
import { defineRoute } from "../route.ts";
import { startRunQuerySchema } from "../runs/run.ts";

/** A running worker calls another. These take the run's own token and nothing else. */
export const callRoutes = {
  callWorker: defineRoute({
    id: "callWorker",
    method: "POST",
    path: "/api/runs/{run}/calls",
    tag: "Calls",
    summary: "Start a run of another worker from within a run",
    description:
      "The caller's worker.yml must list the worker under `calls`. The same `key` gives the same run; another request under it answers 409.",
    access: "run_token",
    body: { kind: "json", schema: callRequestSchema, limit: "json_body_bytes" },
    answer: { kind: "json", status: 202, schema: calledRunSchema, description: "The run that was started." },
    problems: [
      "public_url_unset",
      "not_found",
      "run_finished",
      "call_refused",
      "action_required",
      "unknown_action",
      "invalid_inputs",
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
  }),
  getCalledRun: defineRoute({
    id: "getCalledRun",
    method: "GET",
    path: "/api/runs/{run}/calls/{child}",
    tag: "Calls",
    summary: "Show a run that this run has called; with `wait` hold the answer for its end",
    access: "run_token",
    query: startRunQuerySchema,
    answer: { kind: "json", status: 200, schema: calledRunSchema, description: "The run as it is now." },
    problems: ["not_found"],
  }),
} as const;
