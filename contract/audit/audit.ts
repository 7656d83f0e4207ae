import * as z from "zod";
import { gateEventKindSchema } from "./gate-events.ts";
import { auditEventIdSchema } from "../ids.ts";
import { pageQuerySchema } from "../page.ts";

/** How a request for a change ended: it was made, it was refused, or something broke. */
export const auditOutcomeSchema = z.enum(["done", "refused", "failed"]);
export type AuditOutcome = z.infer<typeof auditOutcomeSchema>;

/** A request that changed something, or what the gate told. */
export const auditEventKindSchema = z.enum(["request", ...gateEventKindSchema.options]);

/** One request that changed something, or would have; or one outcome of a call through the gate. Nothing of it is a secret's value. */
export const auditEventSchema = z.object({
  id: auditEventIdSchema,
  at: z.iso.datetime(),
  /** Whether it was a request, or what the gate told. */
  event: auditEventKindSchema,
  /** The route, by its id: `setSecret`; of what the gate told the same as `event`. */
  action: z.string(),
  outcome: auditOutcomeSchema,
  /** The code of the refusal; null when there was none. */
  code: z.string().nullable(),
  actor: z.object({ kind: z.string(), id: z.string(), user_id: z.string().nullable() }),
  /** What the request named first: `{kind: "worker", id: "hello"}`. Null where it named nothing. */
  resource: z.object({ kind: z.string(), id: z.string() }).nullable(),
  request_id: z.string(),
  /** The worker whose call it was, by its name; null for a request. */
  worker: z.string().nullable(),
  /** The tool that was called; null for what is no call. */
  tool: z.string().nullable(),
  /** The run that called; null for what is no call. */
  run_id: z.string().nullable(),
  /** Where it came from, without saying which machine: `loopback`, `private`, a network, `edge`, or `unknown`. */
  address: z.string(),
  /** Everything the path named, what was made, and the body as far as it tells no secret and is short. */
  details: z.record(z.string(), z.unknown()),
});
export type AuditEvent = z.infer<typeof auditEventSchema>;

export const auditPageSchema = z.object({
  events: z.array(auditEventSchema),
  next_cursor: z.string().nullable(),
});
export type AuditPage = z.infer<typeof auditPageSchema>;

export const listAuditQuerySchema = pageQuerySchema.extend({
  event: auditEventKindSchema.optional(),
  action: z.string().max(64).optional(),
  /** A worker's name: what its runs called. What was done to it is `resource=worker/hello`. */
  worker: z.string().max(256).optional(),
  tool: z.string().max(256).optional(),
  /** Id of a run: what it called. */
  run: z.string().max(64).optional(),
  /** Id of a token or an account. */
  actor: z.string().max(64).optional(),
  /** `kind/id`, e.g. `worker/hello`. */
  resource: z
    .string()
    .max(256)
    .regex(/^[a-z_]+\/.+$/, "must look like worker/hello")
    .optional(),
  outcome: z.enum(["refused", "failed"]).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type ListAuditQuery = z.output<typeof listAuditQuerySchema>;

/** By what a live stream is filtered: as a list is, but for time and pages. */
export const streamAuditQuerySchema = listAuditQuerySchema
  .omit({ cursor: true, limit: true, since: true, until: true })
  .extend({
    /** The number of the entry to begin behind; 0 for the first that is kept. What comes from now on where it is left out. */
    after_seq: z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).optional(),
  });
export type StreamAuditQuery = z.output<typeof streamAuditQuerySchema>;

/** An event as a live stream tells it: with the number of its entry in the chain. */
export const streamedAuditEventSchema = auditEventSchema.extend({ seq: z.int().positive() });
export type StreamedAuditEvent = z.infer<typeof streamedAuditEventSchema>;

/** Which entry a live stream has come to, also where the filters chose none: the event `place`. */
export const auditPlaceSchema = z.strictObject({ seq: z.int().nonnegative() });
