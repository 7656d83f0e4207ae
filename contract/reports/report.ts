import * as z from "zod";
import { coverageSchema } from "./coverage.ts";
import { reportLimits } from "./limits.ts";
import { logLevelSchema, logLineSchema, listRunsQuerySchema, runSummarySchema } from "../runs/run.ts";
import { runIdSchema } from "../ids.ts";

/** Why runs fail, in kinds that tell whose turn it is. */
const failureCategories = [
  "timeout",
  "crash",
  "config",
  "auth",
  "network",
  "resource",
  "validation",
  "quality",
  "cancelled",
  "unknown",
] as const;
export type FailureCategory = (typeof failureCategories)[number];

export const workerStatsSchema = z.object({
  worker_id: z.string(),
  ...coverageSchema,
  runs_30d: z.int().nonnegative(),
  completed_30d: z.int().nonnegative(),
  failed_30d: z.int().nonnegative(),
  success_rate_30d: z.number().nullable(),
  avg_duration_ms: z.int().nonnegative().nullable(),
  median_duration_ms: z.int().nonnegative().nullable(),
  p95_duration_ms: z.int().nonnegative().nullable(),
  failures_by_category: z.record(z.enum(failureCategories), z.int().nonnegative()),
  last_run_at: z.iso.datetime().nullable(),
  last_error: z.string().nullable(),
  last_error_code: z.string().nullable(),
  last_error_at: z.iso.datetime().nullable(),
});
export type WorkerStats = z.infer<typeof workerStatsSchema>;

export const timeseriesQuerySchema = z.object({
  days: z.coerce.number().int().min(1).max(reportLimits.report_days.value).default(14),
});
export const timeseriesDaySchema = z.object({
  date: z.iso.date(),
  total: z.int().nonnegative(),
  completed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export const timeseriesSchema = z.object({
  ...coverageSchema,
  days: z.array(timeseriesDaySchema).describe("One entry for each day in UTC, oldest first."),
});
export type Timeseries = z.infer<typeof timeseriesSchema>;

export const workerLogsQuerySchema = z.object({
  level: logLevelSchema.optional().describe("At least so severe."),
  since: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(reportLimits.worker_log_lines.value).default(200),
});
export const workerLogLineSchema = logLineSchema.extend({ run_id: runIdSchema });
export type WorkerLogLine = z.infer<typeof workerLogLineSchema>;
export const workerLogsSchema = z.object({
  logs: z.array(workerLogLineSchema).describe("The newest lines of the newest runs, oldest first."),
  runs_read: z.int().nonnegative().describe("Of how many runs the logs were looked at."),
});

export const systemAlertSchema = z.object({
  type: z.enum(["failure_cluster", "schedule_missed", "worker_disabled"]),
  severity: z.enum(["warning", "info"]),
  worker_id: z.string(),
  worker_name: z.string(),
  title: z.string(),
  detail: z.string(),
  since: z.iso.datetime().nullable(),
  suggested_actions: z.array(z.string()),
});
export type SystemAlert = z.infer<typeof systemAlertSchema>;

const runCountsSchema = z.object({
  total: z.int().nonnegative(),
  completed: z.int().nonnegative(),
  failed: z.int().nonnegative(),
});
export type RunCounts = z.infer<typeof runCountsSchema>;

/** The workspace in numbers. `queued` and `pending_approval` stop counting at their limit. */
export const systemStatsSchema = z.object({
  ...coverageSchema,
  workers: z.object({
    total: z.int().nonnegative(),
    active: z.int().nonnegative(),
    paused: z.int().nonnegative(),
    archived: z.int().nonnegative(),
  }),
  runs_24h: runCountsSchema,
  runs_7d: runCountsSchema,
  success_rate_7d: z.number().nullable(),
  queued: z.int().nonnegative(),
  running: z.int().nonnegative(),
  pending_approval: z.int().nonnegative(),
});
export type SystemStats = z.infer<typeof systemStatsSchema>;

export const systemOverviewSchema = systemStatsSchema.extend({
  hourly_24h: z
    .array(z.object({ hour: z.iso.datetime(), total: z.int(), failed: z.int() }))
    .describe("One entry for each hour, oldest first."),
  recent_runs: z.array(runSummarySchema),
  attention: z.array(systemAlertSchema),
});
export type SystemOverview = z.infer<typeof systemOverviewSchema>;

/** The same that narrows a list narrows an export. */
export const exportRunsQuerySchema = listRunsQuerySchema.pick({
  worker_id: true,
  status: true,
  since: true,
  until: true,
  before_id: true,
});
export const exportChosenSchema = z.strictObject({
  run_ids: z.array(runIdSchema).min(1).max(reportLimits.export_chosen_runs.value),
});
