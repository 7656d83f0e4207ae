import * as z from "zod";
import { anomalyLimits } from "./limits.ts";

/**
 * What is found on the record of changes by itself. `novel_tool`: a worker that has made many calls uses a tool for the first
 * time. `denial_streak`: call after call of a worker was refused. `rate_breach`: a tool was called more often than it may
 * be. `unusual_spend`: a worker has cost far more today than on other days.
 */
export const anomalyKindSchema = z.enum(["novel_tool", "denial_streak", "rate_breach", "unusual_spend"]);
export type AnomalyKind = z.infer<typeof anomalyKindSchema>;

/**
 * What becomes of one. `ignore`: nothing, it is not even put on record. `notify`: alerts tell of it. `throttle`: besides, the
 * worker makes one run at a time. `pause`: besides, it starts none. Both last until a person resumes the worker.
 */
export const anomalyActionSchema = z.enum(["ignore", "notify", "throttle", "pause"]);
export type AnomalyAction = z.infer<typeof anomalyActionSchema>;

/** What is done where neither the worker nor its workspace says anything. */
export const DEFAULT_ANOMALY_ACTION: AnomalyAction = "notify";

const actionOf = (what: string) =>
  anomalyActionSchema
    .nullable()
    .describe(`${what}: what is done: ignore, notify, throttle or pause; null: as is said for all.`);

/** What is done with each kind; null where somebody further away says it. */
export const anomalyActionsSchema = z.object({
  novel_tool: actionOf(
    `A worker uses a tool for the first time after ${anomalyLimits.anomaly_warm_up_calls.value} calls`,
  ),
  denial_streak: actionOf(`${anomalyLimits.anomaly_denials.value} calls in a row were refused`),
  rate_breach: actionOf("A tool was called more often than it may be"),
  unusual_spend: actionOf("A worker has cost far more today than on other days"),
});
export type AnomalyActions = z.infer<typeof anomalyActionsSchema>;

/** What is left out stays. */
export const changeAnomalyActionsSchema = z.strictObject(anomalyActionsSchema.partial().shape);
export type ChangeAnomalyActions = z.infer<typeof changeAnomalyActionsSchema>;

/** What a worker is held to since an anomaly. */
export const restraintSchema = z.object({
  action: z.enum(["throttle", "pause"]),
  kind: anomalyKindSchema,
  reason: z.string(),
  since: z.iso.datetime(),
});

/** How a worker is watched. */
export const anomalyWatchSchema = z.object({
  worker: z.string().describe("The worker's name."),
  actions: anomalyActionsSchema.describe("What is set for this worker."),
  in_force: z
    .record(anomalyKindSchema, anomalyActionSchema)
    .describe("What is done, by the worker's setting, else the workspace's, else `notify`."),
  restraint: restraintSchema
    .nullable()
    .describe("What the worker is held to until a person resumes it; null for nothing."),
});
export type AnomalyWatch = z.infer<typeof anomalyWatchSchema>;

/** The settings of a workspace, by the kind that each is for. */
export const anomalySettingOf = {
  novel_tool: "on_novel_tool",
  denial_streak: "on_denial_streak",
  rate_breach: "on_rate_breach",
  unusual_spend: "on_unusual_spend",
} as const satisfies Record<AnomalyKind, string>;

/** What a workspace may set of it. */
export const anomalySettings = {
  on_novel_tool: anomalyActionsSchema.shape.novel_tool,
  on_denial_streak: anomalyActionsSchema.shape.denial_streak,
  on_rate_breach: anomalyActionsSchema.shape.rate_breach,
  on_unusual_spend: anomalyActionsSchema.shape.unusual_spend,
};

/** An anomaly as alerts tell of it. */
export const anomalyNewsSchema = z.object({
  kind: anomalyKindSchema,
  action: anomalyActionSchema,
  tool: z.string().nullable(),
  run_id: z.string(),
  message: z.string(),
});
export type AnomalyNews = z.infer<typeof anomalyNewsSchema>;
