import * as z from "zod";
import { actionNameSchema } from "../ids.ts";
import { hookLimits } from "./limits.ts";

const tolerance = z
  .int()
  .min(1)
  .max(86_400)
  .default(hookLimits.webhook_tolerance_seconds.value)
  .describe("How far the signed time may lie from now, in seconds.");

const headerNameSchema = z
  .string()
  .max(128)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "must be the name of an HTTP header");

/**
 * How a delivery proves where it comes from. `standard` is https://www.standardwebhooks.com; `floom` are the two schemes
 * of Floom's own API; `hmac` is any other signature over the raw body. `none` lets anybody in who knows the address.
 */
export const signatureSchema = z.discriminatedUnion("scheme", [
  z.strictObject({ scheme: z.literal("standard"), tolerance_seconds: tolerance }),
  z.strictObject({ scheme: z.literal("github") }),
  z.strictObject({ scheme: z.literal("stripe"), tolerance_seconds: tolerance }),
  z.strictObject({ scheme: z.literal("slack"), tolerance_seconds: tolerance }),
  z.strictObject({ scheme: z.literal("shopify") }),
  z.strictObject({ scheme: z.literal("floom") }),
  z.strictObject({
    scheme: z.literal("hmac"),
    header: headerNameSchema,
    algorithm: z.enum(["sha256", "sha1", "sha512"]).default("sha256"),
    encoding: z.enum(["hex", "base64"]).default("hex"),
    prefix: z.string().max(32).default("").describe("What stands before the signature, e.g. sha256=."),
  }),
  z.strictObject({ scheme: z.literal("none") }),
]);
export type Signature = z.output<typeof signatureSchema>;

const waitSecondsSchema = z.number().min(0).max(hookLimits.webhook_wait_seconds.value);

/** What a sender is answered: at once, with the run's outputs, or as the trigger says. */
export const replySchema = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("202") }),
  z.strictObject({
    mode: z.literal("wait"),
    seconds: waitSecondsSchema.default(hookLimits.webhook_wait_seconds.value),
  }),
  z.strictObject({
    mode: z.literal("custom"),
    status: z.int().min(200).max(299).default(200),
    content_type: z
      .enum(["application/json", "text/plain", "application/xml", "text/xml"])
      .default("application/json"),
    headers: z
      .record(
        z.string().regex(/^[xX]-[A-Za-z0-9-]+$/, "must be the name of a header that begins with X-"),
        z.string().max(1024),
      )
      .default({}),
    body: z
      .string()
      .max(16_384)
      .default("")
      .describe(
        "May hold {{run.id}}, {{run.status}}, {{delivery.id}}, {{outputs.name}} and {{payload.path}}.",
      ),
    wait_seconds: waitSecondsSchema.default(0).describe("Wait for the run's end before answering."),
  }),
]);
export type Reply = z.output<typeof replySchema>;

/** An address or a block of them; the edge checks that it can be read. */
const addressBlockSchema = z
  .string()
  .max(64)
  .regex(/^[0-9A-Fa-f:.]+(?:\/\d{1,3})?$/, "must be an IP address or a block such as 192.0.2.0/24");

/** What an author sets of a webhook trigger. */
export const webhookSettingsSchema = z.strictObject({
  signature: signatureSchema.default({
    scheme: "standard",
    tolerance_seconds: hookLimits.webhook_tolerance_seconds.value,
  }),
  methods: z
    .array(z.enum(["POST", "PUT", "PATCH", "DELETE", "GET"]))
    .min(1)
    .default(["POST"]),
  allow_ips: z
    .array(addressBlockSchema)
    .max(100)
    .default([])
    .describe("Senders that are let in; everybody when empty."),
  reply: replySchema.default({ mode: "202" }),
  same_body_seconds: z
    .int()
    .min(0)
    .max(hookLimits.receipt_seconds.value)
    .optional()
    .describe(
      "How long a second delivery with the same body counts as the first one, when nobody vouches for its id. Left out: seven days where the sender signs the body alone (github, shopify, hmac, floom), five minutes elsewhere.",
    ),
});
export type WebhookSettings = z.output<typeof webhookSettingsSchema>;

/** The `spec` of a webhook trigger as it is stored. */
export const webhookSpecSchema = z.object({
  ...webhookSettingsSchema.shape,
  /** Which of the worker's actions it starts; absent: the only one. */
  action: actionNameSchema.optional(),
  inputs: z.record(z.string(), z.json()).default({}),
  /** Of a trigger that an app's events start: which event, over which connection, and what it must hold. */
  app_event: z
    .object({ event: z.string(), connection: z.string(), filters: z.record(z.string(), z.json()) })
    .optional(),
});
export type WebhookSpec = z.output<typeof webhookSpecSchema>;
