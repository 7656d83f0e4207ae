import * as z from "zod";
import { anomalyNewsSchema } from "../anomalies/anomaly.ts";
import { alertIdSchema, deliveryIdSchema } from "../ids.ts";
import { alertLimits } from "./limits.ts";
import { runSummarySchema } from "../runs/run.ts";
import { spendStateSchema } from "../spend/spend.ts";
import { runFailureSchema } from "../runs/run-failure.ts";

/** What an alert may be about. */
export const alertTopicSchema = z.enum([
  "failed",
  "completed",
  "approval_required",
  "schedule_missed",
  "spend_warning",
  "anomaly",
  "connection_changed",
  "evaluation_failed",
]);
export type AlertTopic = z.infer<typeof alertTopicSchema>;

/** The alert that a worker's manifest makes by `notify` goes by this name instead of an id. */
export const MANIFEST_ALERT = "manifest";

const topicsSchema = z.array(alertTopicSchema).min(1).describe("What to tell of.");
const urlSchema = z
  .url()
  .max(2000)
  .describe("https address to post to; private and local addresses are refused.");
const emailsSchema = z
  .array(z.email())
  .max(alertLimits.alert_email_items.value)
  .describe("Addresses to write to.");
const descriptionSchema = z.string().max(500);

/** Body of `POST /api/workers/{worker}/alerts`. At least one of `url` and `email_to` must be given. */
export const createAlertRequestSchema = z.strictObject({
  url: urlSchema.optional(),
  email_to: emailsSchema.default([]),
  on: topicsSchema.default(["failed"]),
  description: descriptionSchema.default(""),
});

/** Body of `PATCH`; what is left out stays. `url: null` takes the address away. */
export const updateAlertRequestSchema = z.strictObject({
  url: urlSchema.nullable().optional(),
  email_to: emailsSchema.optional(),
  on: topicsSchema.optional(),
  description: descriptionSchema.optional(),
  enabled: z.boolean().optional().describe("false: posts stop; true: they start again, also after a 410."),
});
export type UpdateAlertRequest = z.infer<typeof updateAlertRequestSchema>;

/** Whether mails leave: a provider is set, they are kept on this machine to be read, or nothing is configured. */
export const mailStateSchema = z.enum(["ready", "local_outbox", "not_configured"]);
export type MailState = z.infer<typeof mailStateSchema>;

export const alertSchema = z.object({
  id: z.union([alertIdSchema, z.literal(MANIFEST_ALERT)]),
  worker: z.string().describe("The worker's name."),
  origin: z.enum(["api", "manifest"]),
  url: z.string().nullable(),
  email_to: z.array(z.string()),
  on: z.array(alertTopicSchema),
  description: z.string(),
  enabled: z.boolean(),
  disabled_reason: z.string().nullable().describe("Why posts have stopped, in words."),
  mail: mailStateSchema,
  created_at: z.iso.datetime().nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** The answer that shows a signing secret: once, when it is made. */
export const alertWithSecretSchema = alertSchema.extend({
  secret: z.string().describe("Signs the posts (Standard Webhooks). It is not shown again."),
  previous_secret_valid_until: z.iso
    .datetime()
    .nullable()
    .describe("Until then posts carry a signature of the secret before as well."),
});
export type AlertWithSecret = z.infer<typeof alertWithSecretSchema>;

export const alertEventSchema = z.enum([
  "run.failed",
  "run.completed",
  "approval.required",
  "schedule.missed",
  "spend.warning",
  "anomaly.found",
  "connection.tool_changed",
  "connection.failing",
  "evaluation.failed",
  "version.not_activated",
  "alert.test",
]);
export type AlertEventName = z.infer<typeof alertEventSchema>;

/** The body of a post. What does not concern the event is left out. Inputs and outputs are never in it. */
export const alertMessageSchema = z.object({
  type: alertEventSchema,
  timestamp: z.iso.datetime().describe("When it happened."),
  data: z.object({
    worker: z.object({ name: z.string(), title: z.string() }),
    status: z.string().describe("In words, e.g. failed."),
    run: runSummarySchema.optional(),
    failure: runFailureSchema.nullable().optional(),
    approval: z
      .object({
        id: z.string(),
        label: z.string(),
        run_id: z.string(),
        expires_at: z.iso.datetime().nullable(),
      })
      .optional(),
    schedule: z
      .object({
        trigger_id: z.string(),
        name: z.string(),
        due_at: z.iso.datetime(),
        code: z.string(),
        reason: z.string(),
      })
      .optional(),
    spend: spendStateSchema.optional(),
    anomaly: anomalyNewsSchema.optional(),
    connection: z
      .object({
        id: z.string(),
        name: z.string(),
        tools: z.array(z.string()).describe("Those that changed."),
        reason: z.string().optional().describe("Why it cannot be used, in words."),
      })
      .optional(),
    evaluation: z
      .object({
        id: z.string(),
        version: z.int().describe("The version that is not activated."),
        verdict: z.enum(["pass", "fail"]),
        reasons: z.array(z.string()).describe("Why not, in words."),
      })
      .optional(),
    links: z.record(z.string(), z.string()).describe("Pages to look at, by what they show."),
  }),
});
export type AlertMessage = z.infer<typeof alertMessageSchema>;

export const deliveryAttemptSchema = z.object({
  at: z.iso.datetime(),
  outcome: z.enum(["delivered", "failed"]),
  status_code: z.int().nullable(),
  error: z.string().nullable(),
  response_sample: z.string().nullable().describe("The beginning of the answer."),
  duration_ms: z.int().nonnegative(),
});
export type DeliveryAttempt = z.infer<typeof deliveryAttemptSchema>;

/** `not_configured`: a mail that nobody was there to send; redeliver it once a provider is set. */
export const deliveryStatusSchema = z.enum(["pending", "delivered", "failed", "not_configured"]);
export type DeliveryStatus = z.infer<typeof deliveryStatusSchema>;

/** One message to one place, with every attempt. Its id is the post's `webhook-id`, the same for every attempt. */
export const alertDeliverySchema = z.object({
  id: deliveryIdSchema,
  alert_id: z.string(),
  event: alertEventSchema,
  channel: z.enum(["webhook", "email"]),
  destination: z.string(),
  status: deliveryStatusSchema,
  attempts: z.array(deliveryAttemptSchema).describe("Oldest first."),
  next_attempt_at: z.iso.datetime().nullable(),
  message: alertMessageSchema,
  created_at: z.iso.datetime(),
});
export type AlertDelivery = z.infer<typeof alertDeliverySchema>;

/** A mail that was kept on this machine instead of being sent. */
export const outboxMailSchema = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  to: z.array(z.string()),
  subject: z.string(),
  text: z.string(),
});
export type OutboxMail = z.infer<typeof outboxMailSchema>;
