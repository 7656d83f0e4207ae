import * as z from "zod";
import { auditEventIdSchema } from "../ids.ts";
import { pageQuerySchema } from "../page.ts";

/** How a request for a change ended: it was made, it was refused, or something broke. */
export const auditOutcomeSchema = z.enum(["done", "refused", "failed"]);
export type AuditOutcome = z.infer<typeof auditOutcomeSchema>;

/** One request that changed something, or would have. Nothing of it is a secret's value. */
export const auditEventSchema = z.object({
  id: auditEventIdSchema,
  at: z.iso.datetime(),
  /** The route, by its id: `setSecret`. */
  action: z.string(),
  outcome: auditOutcomeSchema,
  /** The code of the refusal; null when there was none. */
  code: z.string().nullable(),
  actor: z.object({ kind: z.string(), id: z.string(), user_id: z.string().nullable() }),
  /** What the request named first: `{kind: "worker", id: "hello"}`. Null where it named nothing. */
  resource: z.object({ kind: z.string(), id: z.string() }).nullable(),
  request_id: z.string(),
  /** Where it came from, without saying which machine: `loopback`, `private`, a network, or `unknown`. */
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
  action: z.string().max(64).optional(),
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
