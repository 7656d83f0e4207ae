import * as z from "zod";
import { toolEffectSchema } from "../trust/tiers.ts";

const wanted = z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]));

/**
 * When a call waits for a person. `tool` (a glob) and `access` narrow which calls the rule is about; of the `param_*` groups one
 * hit is enough; a rule that only narrows is about each of those calls, and one that says nothing about none.
 */
export const escalationRuleSchema = z.strictObject({
  name: z.string().min(1).max(100),
  reason: z.string().max(500).default(""),
  tool: z.string().min(1).max(200).optional(),
  /** `write` means whatever is no reading. */
  access: z.union([z.enum(["read", "write"]), toolEffectSchema]).optional(),
  param_gt: z.record(z.string().min(1), z.number()).optional(),
  param_eq: wanted.optional(),
  param_contains: z.record(z.string().min(1), z.string().min(1)).optional(),
});
export type EscalationRule = z.infer<typeof escalationRuleSchema>;
