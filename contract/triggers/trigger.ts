import * as z from "zod";
import { actionNameSchema, runIdSchema, triggerIdSchema, workerNameSchema } from "../ids.ts";
import { triggerLimits } from "./limits.ts";
import { missedRuleSchema, triggerNameSchema } from "../manifest/manifest.ts";
import { inputsSchema } from "../runs/run.ts";
import { signatureSchema, webhookSettingsSchema } from "../hooks/webhook.ts";

export const triggerTypeSchema = z.enum(["schedule", "webhook"]);
export type TriggerType = z.infer<typeof triggerTypeSchema>;

/**
 * What became of one time a schedule came due. `due`: it is being started; `skipped`: it was left out for a reason that
 * is no fault (paused, passed while nothing ran); `failed`: its run was refused for good.
 */
export const occurrenceStatusSchema = z.enum(["due", "started", "skipped", "failed"]);
export type OccurrenceStatus = z.infer<typeof occurrenceStatusSchema>;

/** One expected start and what really happened. `due_at` and the trigger's id are its identity. */
export const occurrenceSchema = z.object({
  trigger_id: triggerIdSchema,
  due_at: z.iso.datetime().describe("When it was to start."),
  status: occurrenceStatusSchema,
  run_id: runIdSchema.nullable(),
  started_at: z.iso.datetime().nullable().describe("When its run was accepted."),
  late_ms: z.int().nonnegative().nullable().describe("How long after its time its run was accepted."),
  code: z.string().nullable().describe("Why it did not start, as a stable code."),
  reason: z.string().nullable().describe("The same in words."),
});
export type Occurrence = z.infer<typeof occurrenceSchema>;

/** The part of a trigger that only webhooks have. */
export const webhookViewSchema = z.object({
  url: z.string().describe("Where events are posted to."),
  worker_url: z.string().describe("The same by the worker's name, as Floom's senders know it."),
  scheme: z.string().describe("How events are signed."),
  signature: signatureSchema,
  reply: z.string().describe("When and with what the sender is answered."),
  methods: z.array(z.string()),
  allow_ips: z.array(z.string()),
  secret_set: z.boolean().describe("False: nothing is let in until the secret was rotated once."),
  warning: z.string().nullable().describe("What is dangerous about it."),
});

/** What starts a worker besides a person. */
export const triggerSchema = z.object({
  id: triggerIdSchema,
  worker_id: workerNameSchema.describe("The worker's name, which is its address."),
  name: z.string(),
  type: triggerTypeSchema,
  origin: z.enum(["manifest", "api"]).describe("worker.yml declares it, or it was made here."),
  paused: z.boolean(),
  pinned_version: z
    .int()
    .positive()
    .nullable()
    .describe("The version its runs use; null: whichever is active when they start."),
  action: actionNameSchema
    .nullable()
    .default(null)
    .describe("Which of the worker's actions it starts; null: the only one."),
  inputs: inputsSchema.describe("Inputs of its runs; defaults fill in the rest."),
  cron: z.string().nullable(),
  timezone: z.string().nullable(),
  missed: missedRuleSchema.nullable(),
  next_at: z.iso.datetime().nullable(),
  next: z.array(z.iso.datetime()).describe("The next five times; none while it is paused."),
  last_due_at: z.iso.datetime().nullable(),
  last_run_id: runIdSchema.nullable(),
  last_status: occurrenceStatusSchema.nullable(),
  last_reason: z.string().nullable(),
  webhook: webhookViewSchema.nullable(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Trigger = z.infer<typeof triggerSchema>;

/** A trigger that was made just now. */
export const createdTriggerSchema = triggerSchema.extend({
  secret: z.string().nullable().describe("A webhook's secret, shown this once."),
});
export type CreatedTrigger = z.infer<typeof createdTriggerSchema>;

const pinnedVersionSchema = z.int().positive().nullable();

/** Body of `POST /api/workers/{worker}/triggers`. */
export const createTriggerSchema = z.strictObject({
  name: triggerNameSchema.optional().describe("schedule-api-1, webhook-api-1 and so on when left out."),
  type: triggerTypeSchema,
  cron: z.string().optional().describe("Five cron fields, for a schedule."),
  timezone: z.string().optional().describe("IANA time zone; UTC when left out."),
  missed: missedRuleSchema.optional(),
  action: actionNameSchema
    .optional()
    .describe("Which of the worker's actions it starts; may be left out where there is one."),
  inputs: inputsSchema.optional(),
  webhook: webhookSettingsSchema.optional().describe("How a webhook is signed, limited and answered."),
  pinned_version: pinnedVersionSchema.optional(),
  paused: z.boolean().optional(),
});
export type CreateTrigger = z.infer<typeof createTriggerSchema>;

/** Body of `PATCH /api/triggers/{trigger}`. Of a trigger that worker.yml declares only the last two can be changed. */
export const changeTriggerSchema = createTriggerSchema.omit({ name: true, type: true }).partial();
export type ChangeTrigger = z.infer<typeof changeTriggerSchema>;

export const testFireSchema = z.object({ run_id: runIdSchema, trigger_id: triggerIdSchema });

export const occurrencesQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(triggerLimits.occurrences_kept.value).default(50),
});

export const previewScheduleQuerySchema = z.object({
  cron: z.string().max(200),
  timezone: z.string().max(100).default("UTC"),
});

export const schedulePreviewSchema = z.object({
  cron: z.string(),
  timezone: z.string(),
  next: z.array(z.iso.datetime()).describe("The next five times."),
});
