import * as z from "zod";
import {
  actionNameSchema,
  approvalIdSchema,
  artifactIdSchema,
  runIdSchema,
  versionIdSchema,
  workerIdSchema,
  workerNameSchema,
} from "../ids.ts";
import { agentPartSchema, toldCallSchema } from "../agents/agent-part.ts";
import { mountedContextSchema } from "../contexts/context-bundle.ts";
import { stageViewSchema } from "../pipelines/stage.ts";
import { runLimits } from "./limits.ts";
import { pageQuerySchema } from "../page.ts";
import { requestLimits } from "../request-limits.ts";
import { priorities, runStatuses } from "./lists.ts";
import { partialOutputSchema } from "./partial.ts";
import { runFailureSchema } from "./run-failure.ts";
import { runWarningSchema } from "./run-warning.ts";
import { runCostSchema } from "../spend/run-cost.ts";

export const runStatusSchema = z.enum(runStatuses);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** Completed, failed and cancelled are for ever: no event changes them. */
export function isTerminal(status: RunStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}

/**
 * What started a run, in the words of Floom's clients, which read all of them; `mcp` is what a caller says of itself.
 * Nothing here starts a run as `restart_retry` or `public_share`.
 */
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
  "evaluation",
]);
export type TriggerSource = z.infer<typeof triggerSourceSchema>;

export const inputsSchema = z.record(z.string(), z.json());
export type Inputs = z.infer<typeof inputsSchema>;

export const prioritySchema = z.enum(priorities);
export type Priority = z.infer<typeof prioritySchema>;

/** Body of `POST /api/workers/{worker}/runs`. A file input's value is the id of an upload. */
export const startRunRequestSchema = z.strictObject({
  action: actionNameSchema
    .optional()
    .describe("Which of the worker's actions it starts; may be left out where there is one."),
  inputs: inputsSchema.default({}),
  trigger_source: z.enum(["manual", "cli", "mcp"]).default("manual"),
  priority: prioritySchema
    .default("normal")
    .describe(
      "Where it stands in the worker's queue: before normal runs that came up to five minutes earlier, or behind later ones.",
    ),
  ttl_seconds: z
    .int()
    .min(1)
    .max(runLimits.queue_seconds.value)
    .optional()
    .describe("How long it may wait for its turn; after that it ends as failed with queue_expired."),
});

export const startRunQuerySchema = z.object({
  wait: z.coerce
    .number()
    .min(0)
    .max(runLimits.wait_seconds.value)
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
  worker_id: workerNameSchema.describe("The worker's name, which is its address."),
  worker_name: z.string().describe("The worker's title."),
  version: z.int().positive(),
  action: actionNameSchema
    .nullable()
    .default(null)
    .describe("Which of the worker's functions it calls; null for a script."),
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

/** One try of a run. `lost`: the platform lost it, and it does not count against the worker's retries. */
export const runAttemptSchema = z.object({
  attempt: z.int().positive(),
  started_at: z.iso.datetime().nullable(),
  ended_at: z.iso.datetime().nullable(),
  lost: z.boolean(),
  error_code: z.string().nullable(),
});
export type RunAttempt = z.infer<typeof runAttemptSchema>;

/** What a run asked people, as its record tells it. */
export const approvalTrailSchema = z.object({
  id: approvalIdSchema,
  status: z.enum(["pending", "approved", "rejected", "expired"]),
  kind: z.enum(["approval", "await_external"]),
  label: z.string(),
  preview: z.string().nullable(),
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  decided_at: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  follow_up_run_id: runIdSchema.nullable(),
  decide_in_client: z
    .boolean()
    .default(false)
    .describe("A client of MCP may say the decision of its person."),
  link: z.string().nullable().describe("Whoever has it may decide; only shown to those who may anyway."),
});
export type ApprovalTrail = z.infer<typeof approvalTrailSchema>;

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
  contexts: z
    .array(mountedContextSchema)
    .optional()
    .describe("The contexts that the last attempt had; absent where it had none."),
  failure: runFailureSchema.nullable(),
  warnings: z
    .array(runWarningSchema)
    .optional()
    .describe("What is not as it should be though the run came to its end; absent where there is nothing."),
  error_raw: z.string().nullable().describe("The raw end of the error output, secrets removed."),
  attempts: z.array(runAttemptSchema).describe("Every try, oldest first; the last one may be under way."),
  priority: prioritySchema,
  why_waiting: z.string().nullable().describe("What the run waits for, in words; null once it has ended."),
  exit_code: z.int().nullable(),
  progress: z.object({ percent: z.number().nullable(), message: z.string().nullable() }).nullable(),
  partial: partialOutputSchema
    .nullable()
    .optional()
    .describe("The newest of what a function has handed back piece by piece; none once there is a result."),
  usage: z
    .object({ wall_ms: z.int(), cpu_ms: z.int(), max_memory_bytes: z.int(), log_bytes: z.int() })
    .nullable(),
  queue_position: z.int().nullable(),
  can_replay: z.boolean(),
  replay_of: runIdSchema.nullable().describe("The run that this one replays."),
  dry: z.boolean().describe("Nothing left the sandbox: no network but the platform, calls from the record."),
  parent_run_id: runIdSchema.nullable().describe("The run whose worker called this one."),
  root_run_id: runIdSchema.describe("The first caller; the run itself when nobody called it."),
  depth: z.int().nonnegative().describe("0 for a run that nobody called."),
  transcript: z
    .array(agentPartSchema)
    .describe(
      "The newest of what the newest attempt of an agent has said and done; the file outputs/transcript.jsonl has all of it. Empty for a script.",
    ),
  tool_calls: z
    .array(toldCallSchema)
    .describe("The calls in the transcript; GET /runs/{run}/tool-calls has all, as they were made."),
  /** It holds a council, which GET /runs/{run}/council shows; absent for all else. */
  holds_council: z.literal(true).optional(),
  stages: z.array(stageViewSchema).describe("The stages of a pipeline as they are now; empty for all else."),
  approval_trail: approvalTrailSchema.nullable(),
  approval_status: z.enum(["pending", "approved", "rejected", "expired"]).nullable(),
  total_tokens: z
    .int()
    .nullable()
    .describe(
      "What the models of an agent have read and written in attempts that are over; null for a script.",
    ),
  cost: runCostSchema.describe("What it has cost until now."),
  total_cost_usd: z.number().nullable(),
});
export type RunDetail = z.infer<typeof runDetailSchema>;

/** Statuses in the words of the first Floom. */
const statusSynonyms: Readonly<Record<string, RunStatus>> = { success: "completed", error: "failed" };

/** One status or several with commas between them; a blank counts as not given. */
const statusListSchema = z.string().transform((text, context): RunStatus[] => {
  const words = text.split(",").flatMap((part) => part.trim() || []);
  const found = words.map((word) => runStatusSchema.safeParse(statusSynonyms[word] ?? word).data);
  const unknown = words.filter((_, at) => found[at] === undefined);
  const message = `${unknown.join(", ")} is none; there are ${runStatuses.join(", ")}`;
  if (unknown.length > 0) context.addIssue({ code: "custom", message });
  return [...new Set(found.flatMap((status) => status ?? []))];
});

export const listRunsQuerySchema = pageQuerySchema.extend({
  worker_id: z.string().optional(),
  status: statusListSchema
    .optional()
    .describe(
      `One or several with commas: ${runStatuses.join(", ")}; success means completed, error means failed.`,
    ),
  since: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
  before_id: runIdSchema.optional().describe("Only runs before this one, newest first."),
  offset: z.coerce
    .number()
    .int()
    .min(0)
    .max(requestLimits.list_offset_items.value)
    .default(0)
    .describe("How many to leave out; to go through a list, `cursor` is the way."),
});

export const runPageSchema = z.object({
  runs: z.array(runSummarySchema),
  next_cursor: z.string().nullable(),
});

export const logsQuerySchema = z.object({
  level: logLevelSchema.optional(),
  after: z.coerce.number().int().nonnegative().optional().describe("Only what came after this event number."),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(runLimits.log_page_items.value)
    .default(runLimits.log_page_items.value),
});
export const logPageSchema = z.object({
  logs: z.array(logLineSchema),
  next_after: z
    .int()
    .nullable()
    .describe("Pass as `after` for the next part; null at the end of what is there."),
});
