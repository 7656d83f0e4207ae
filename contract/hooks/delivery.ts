import * as z from "zod";
import { deliveryIdSchema, runIdSchema, triggerIdSchema, workerNameSchema } from "../ids.ts";
import { hookLimits } from "./limits.ts";
import { pageQuerySchema } from "../page.ts";

/** What became of a delivery. `refused`: the signature was good, but no run could be started. */
export const deliveryVerdictSchema = z.enum([
  "accepted",
  "duplicate",
  "bad_signature",
  "invalid_inputs",
  "refused",
]);
export type DeliveryVerdict = z.infer<typeof deliveryVerdictSchema>;

/** The row of a delivery in a trigger's inbox. */
export const deliverySummarySchema = z.object({
  id: deliveryIdSchema,
  trigger_id: triggerIdSchema,
  received_at: z.iso.datetime(),
  verdict: deliveryVerdictSchema,
  reason: z.string().nullable().describe("Why it started no run, or what is odd about it."),
  run_id: runIdSchema.nullable(),
  external_id: z.string().nullable().describe("The sender's own id of the delivery."),
  redelivery_of: deliveryIdSchema.nullable(),
  method: z.string(),
  content_type: z.string().nullable(),
  ip: z.string().nullable(),
  size_bytes: z.int().nonnegative(),
});
export type DeliverySummary = z.infer<typeof deliverySummarySchema>;

export const deliveryDetailSchema = deliverySummarySchema.extend({
  headers: z.record(z.string(), z.string()).describe("Without credentials and cookies."),
  query: z.record(z.string(), z.string()),
  body_preview: z.string().nullable().describe("The begin of the body as text; null when it is not text."),
  body_truncated: z.boolean(),
  can_redeliver: z.boolean().describe("False when its body was not kept whole."),
});
export type DeliveryDetail = z.infer<typeof deliveryDetailSchema>;

export const listDeliveriesQuerySchema = pageQuerySchema.extend({
  verdict: deliveryVerdictSchema.optional(),
});

export const deliveryPageSchema = z.object({
  deliveries: z.array(deliverySummarySchema),
  next_cursor: z.string().nullable(),
});

/** Which deliveries to send once more: by id, or all with a verdict since a time, oldest first. */
export const redeliverRequestSchema = z.union([
  z.strictObject({ ids: z.array(deliveryIdSchema).min(1).max(hookLimits.redeliver_items.value) }),
  z.strictObject({
    filter: z.strictObject({
      verdict: deliveryVerdictSchema,
      since: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
    }),
  }),
]);

export const redeliverResultSchema = z.object({
  deliveries: z
    .array(deliverySummarySchema)
    .describe("The new deliveries, each linked to the one it repeats."),
  missing: z.array(deliveryIdSchema).describe("Ids that are not in the inbox, or whose body was not kept."),
  has_more: z.boolean().describe("More deliveries match the filter; ask again for the next of them."),
});
export type RedeliverResult = z.infer<typeof redeliverResultSchema>;

/** What a sender is told of an accepted delivery. */
export const deliveryReceiptSchema = z.object({
  delivery_id: deliveryIdSchema,
  run_id: runIdSchema.nullable(),
  duplicate: z.boolean(),
});
export type DeliveryReceipt = z.infer<typeof deliveryReceiptSchema>;

const overlapSchema = z
  .int()
  .min(0)
  .max(hookLimits.receipt_seconds.value)
  .default(hookLimits.secret_overlap_seconds.value);

export const rotateSecretRequestSchema = z.strictObject({
  overlap_seconds: overlapSchema.describe("How long the old secret stays good."),
  secret: z
    .string()
    .min(8)
    .max(512)
    .optional()
    .describe(
      "The secret that the sender made, as Stripe, Slack and Shopify do; a new one is made without it.",
    ),
});

export const rotatedSecretSchema = z.object({
  trigger_id: triggerIdSchema,
  secret: z.string().describe("Shown this once."),
  previous_valid_until: z.iso.datetime().nullable(),
});
export type RotatedSecret = z.infer<typeof rotatedSecretSchema>;

export const rotateTokenRequestSchema = z.strictObject({
  overlap_seconds: overlapSchema.describe("How long the old token stays good."),
});

export const rotatedTokenSchema = z.object({
  worker_id: workerNameSchema.describe("The worker's name, which is its address."),
  token: z.string().describe("Shown this once."),
  url: z.string().describe("The worker's own address with the token in it."),
  previous_valid_until: z.iso.datetime().nullable(),
});
export type RotatedToken = z.infer<typeof rotatedTokenSchema>;
