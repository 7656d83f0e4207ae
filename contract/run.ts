import * as z from "zod";
import { artifactIdSchema, runIdSchema, versionIdSchema, workerIdSchema } from "./ids.ts";
import { limits } from "./limits.ts";
import { pageQuerySchema } from "./page.ts";
import { runFailureSchema } from "./run-failure.ts";

export const runStatusSchema = z.enum([
  "queued",
  "running",
  "pending_approval",
  "completed",
  "failed",
  "cancelled",
]);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Completed, failed and cancelled are for ever: no event changes them. */
export function isTerminal(status: RunStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export const triggerSourceSchema = z.enum([
  "manual",
  "schedule",
  "webhook",
  "composio",
  "mcp",
  "cli",
  "approval",
  "worker_call",
  "restart_retry",
  "public_share",
]);
export type TriggerSource = z.infer<typeof triggerSourceSchema>;

export const inputsSchema = z.record(z.string(), z.json());
export type Inputs = z.infer<typeof inputsSchema>;

/** Body of `POST /api/workers/{worker}/runs`. A file input's value is the id of an upload. */
export const startRunRequestSchema = z.strictObject({
  inputs: inputsSchema.default({}),
  trigger_source: z.enum(["manual", "cli", "mcp"]).default("manual"),
});

export const startRunQuerySchema = z.object({
  wait: z.coerce
    .number()
    .min(0)
    .max(limits.wait_seconds.value)
    .optional()
    .describe("Seconds to hold the answer for the run's end; after that the run is answered as it is."),
});

export const artifactSchema = z.object({
  id: artifactIdSchema,
  run_id: runIdSchema,
  name: z.string(),
  type: z.string().describe("Media type."),
  kind: z.enum(["output", "artifact"]),
  path: z.string().describe("Path relative to the work directory."),
  relative_path: z.string(),
  size_bytes: z.int().nonnegative(),
  sha256: z.string(),
  created_at: z.iso.datetime(),
});
export type Artifact = z.infer<typeof artifactSchema>;

export const logLevelSchema = z.enum(["debug", "info", "warning", "error", "critical"]);

/** One line of a run's log as people read it. `stream` is system for lines the platform itself wrote. */
export const logLineSchema = z.object({
  level: logLevelSchema,
  stream: z.enum(["stdout", "stderr", "system"]),
  message: z.string(),
  timestamp: z.iso.datetime(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** The row of a run in a list. Field names as in Floom's API; `version`, `attempt`, `why_waiting`, `failure` are ours. */
export const runSummarySchema = z.object({
  id: runIdSchema,
  run_id: runIdSchema,
  worker_id: z.string().describe("The worker's name, which is its address."),
  worker_name: z.string().describe("The worker's title."),
  version: z.int().positive(),
  status: runStatusSchema,
  trigger_source: triggerSourceSchema,
  created_at: z.iso.datetime(),
  started_at: z.iso.datetime().nullable(),
  completed_at: z.iso.datetime().nullable(),
  duration_ms: z.int().nonnegative().nullable(),
  error: z.string().nullable(),
  error_code: z.string().nullable(),
  attempt: z.int().nonnegative(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

export const outputViewSchema = z.object({
  name: z.string(),
  type: z.string(),
  label: z.string(),
  value: z.json(),
  artifact_id: artifactIdSchema.nullable(),
});

/** One run, whole. */
export const runDetailSchema = runSummarySchema.extend({
  worker_uid: workerIdSchema,
  version_id: versionIdSchema,
  trigger_ref: z.string().nullable(),
  runner: z.literal("e2b"),
  input: inputsSchema,
  inputs: inputsSchema,
  output: z.record(z.string(), z.json()),
  outputs: z.record(z.string(), z.json()),
  output_schema: z.array(outputViewSchema),
  artifacts: z.array(artifactSchema),
  logs: z.array(logLineSchema).describe("The last 200 lines; GET /runs/{run}/logs has all."),
  failure: runFailureSchema.nullable(),
  error_raw: z.string().nullable().describe("The raw end of the error output, secrets removed."),
  why_waiting: z.string().nullable().describe("What the run waits for, in words; null once it has ended."),
  exit_code: z.int().nullable(),
  progress: z.object({ percent: z.number().nullable(), message: z.string().nullable() }).nullable(),
  usage: z
    .object({ wall_ms: z.int(), cpu_ms: z.int(), max_memory_bytes: z.int(), log_bytes: z.int() })
    .nullable(),
  queue_position: z.int().nullable(),
  can_replay: z.boolean(),
  transcript: z.array(z.json()),
  tool_calls: z.array(z.json()),
  approval_trail: z.json().nullable(),
  total_tokens: z.int().nullable(),
  total_cost_usd: z.number().nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

export const listRunsQuerySchema = pageQuerySchema.extend({
  worker_id: z.string().optional(),
  status: runStatusSchema.optional(),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});

export const runPageSchema = z.object({
  runs: z.array(runSummarySchema),
  next_cursor: z.string().nullable(),
});

export const logsQuerySchema = z.object({
  level: logLevelSchema.optional(),
  after: z.coerce.number().int().nonnegative().optional().describe("Only what came after this event number."),
  limit: z.coerce.number().int().min(1).max(limits.log_page_items.value).default(limits.log_page_items.value),
});
export const logPageSchema = z.object({
  logs: z.array(logLineSchema),
  next_after: z
    .int()
    .nullable()
    .describe("Pass as `after` for the next part; null at the end of what is there."),
});
