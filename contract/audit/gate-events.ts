import * as z from "zod";
import { toolEffectSchema, trustTierSchema } from "../trust/tiers.ts";

/*
 * What the gate tells the record of changes: one event for each outcome of a call, never one for each step of it. Texts may
 * be of any length and parameters of any size: what is kept of them is redacted and bounded where it is written down.
 */

/** What is told of besides requests; the name is the `action` of the event on record. */
export const gateEventKindSchema = z.enum([
  "tool_call",
  "trust_violation",
  "credential_access",
  "escalation_hold",
  "anomaly",
  "lifecycle",
]);
export type GateEventKind = z.infer<typeof gateEventKindSchema>;

const workerSchema = z.object({ id: z.string(), name: z.string() });

/** Which call of which run. A repeat is the same event, `at` included, and adds nothing. */
const ofCall = {
  call_id: z.string().min(1),
  /** Epoch milliseconds. */
  at: z.number(),
  run_id: z.string(),
  worker: workerSchema,
  tool: z.string(),
};

const requestOf = {
  /** As the asker gave them. */
  parameters: z.json(),
  /** The request as it was, or would have been, made, without a secret's value; null where it came to none. */
  request: z.json().default(null),
};

/** A call that was made, failed, or was refused for another reason than trust or a credential. */
export const toolCallEventSchema = z.object({
  event: z.literal("tool_call"),
  ...ofCall,
  ...requestOf,
  source: z.string(),
  effect: toolEffectSchema,
  method: z.string().nullable().default(null),
  /** `refused`: nothing was sent. */
  outcome: z.enum(["success", "error", "refused"]),
  /** Of the failure or refusal: `arguments_invalid`, `rate_limited`, `rejected`, ... Null for a success. */
  code: z.string().nullable().default(null),
  message: z.string().nullable().default(null),
  duration_ms: z.number(),
  /** Names of the secrets that it was given. */
  credentials: z.array(z.string()).default([]),
  /** The approval that let it pass, where one did. */
  approval_id: z.string().nullable().default(null),
  /** Of a call that came too often: how many there were within the window, this one included. */
  rate: z
    .object({ count: z.number(), limit: z.number(), window_seconds: z.number() })
    .nullable()
    .default(null),
});

/** A call that its worker's tier forbids. */
export const trustViolationEventSchema = z.object({
  event: z.literal("trust_violation"),
  ...ofCall,
  ...requestOf,
  tier: trustTierSchema,
  /** What was forbidden: a method, or an effect. */
  forbidden: z.string(),
  message: z.string(),
});

/** A secret that a call wanted. Those that a call was given need no event of their own: the call names them. */
export const credentialAccessEventSchema = z.object({
  event: z.literal("credential_access"),
  ...ofCall,
  credential: z.string(),
  granted: z.boolean(),
  hosts: z.array(z.string()).default([]),
  /** Why it was denied. */
  message: z.string().nullable().default(null),
});

/** A call that waits for a person. */
export const escalationHoldEventSchema = z.object({
  event: z.literal("escalation_hold"),
  ...ofCall,
  ...requestOf,
  approval_id: z.string(),
  /** The rule that held it; null where the tier or the tool itself asks each time. */
  rule: z.string().nullable().default(null),
  message: z.string().nullable().default(null),
});

/** A step in the life of a version that people vouch for. */
export const lifecycleEventSchema = z.object({
  event: z.literal("lifecycle"),
  /** The same id is the same step for ever. */
  step_id: z.string().min(1),
  at: z.number(),
  step: z.enum(["quarantined", "promoted", "rejected", "signed", "retired"]),
  worker: workerSchema,
  version_id: z.string(),
  /** Who did it. */
  actor: z.object({ kind: z.string(), id: z.string(), user_id: z.string().nullable() }),
  message: z.string().nullable().default(null),
});

/** Everything that is told. Anomalies are not: the record finds them itself. */
export const gateEventSchema = z.discriminatedUnion("event", [
  toolCallEventSchema,
  trustViolationEventSchema,
  credentialAccessEventSchema,
  escalationHoldEventSchema,
  lifecycleEventSchema,
]);
/** As it is told: what has a default may be left out. */
export type GateEvent = z.input<typeof gateEventSchema>;
/** The same with everything in it. */
export type ToldEvent = z.output<typeof gateEventSchema>;
