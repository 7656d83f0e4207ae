import * as z from "zod";
import { escalationRuleSchema } from "#contract/gate/escalation-rule";
import { trustTierSchema } from "#contract/trust/tiers";
import { approvalRuleSchema } from "../lifecycle/hold-state.ts";

/** What the gate holds the calls of one run to, as its version says; frozen into the run's spec. */
export const gateRulesSchema = z.object({
  trust_tier: trustTierSchema,
  /** The tier of a run that has taken in what comes from outside; null where that changes nothing. */
  tainted_trust_tier: trustTierSchema.nullable().default(null),
  /** Names of the only tools that it may call; null where whatever it is offered may be called. */
  allowed_tools: z.array(z.string()).readonly().nullable().default(null),
  escalation_rules: z.array(escalationRuleSchema).readonly().default([]),
  /** How people are asked about a call. */
  asking: approvalRuleSchema,
});
export type GateRules = z.infer<typeof gateRulesSchema>;
