import * as z from "zod";
import { trustTierSchema } from "../trust/tiers.ts";
import type { TrustTier } from "../trust/tiers.ts";

const tierWords = ["observer", "worker", "operator", "privileged"] as const;
const tierDigits = ["1", "2", "3", "4"] as const;

const authoredTierSchema = z.union([trustTierSchema, z.enum([...tierDigits, ...tierWords])]);
type AuthoredTier = z.infer<typeof authoredTierSchema>;

/** How far a worker is trusted, and how long it may take, as its author writes it. */
export const trustKeys = {
  runtime: z
    .strictObject({
      trust_tier: authoredTierSchema.optional().meta({
        description:
          "How far the worker is trusted: 1 looks, 2 works, 3 also deletes and calls other workers, 4 asks a person each time.",
        rule: `Write 1, 2, 3 or 4, or ${tierWords.join(", ")}.`,
        default: 2,
      }),
      tainted_trust_tier: authoredTierSchema.optional().meta({
        description:
          "How far it is trusted from when it has read what comes from outside; no more than trust_tier.",
        rule: `Write 1, 2, 3 or 4, or ${tierWords.join(", ")}.`,
      }),
      sandbox: z.enum(["docker", "gvisor", "none"]).optional().meta({
        description: "Accepted and without effect: every script runs in a sandbox of its own.",
        rule: "Leave it out.",
      }),
      max_execution_time: z
        .string()
        .regex(/^[1-9]\d{0,4}[sm]$/)
        .optional()
        .meta({
          description: "How long a run may take, as limits.timeout_seconds says it in seconds.",
          rule: 'Write seconds or minutes, e.g. "30s" or "2m".',
        }),
    })
    .optional()
    .meta({
      description: "How far the worker is trusted.",
      rule: "Write trust_tier, and if need be tainted_trust_tier and max_execution_time.",
    }),
};

/** What is kept of it with a version. */
export const trustSchema = z.strictObject({
  trust_tier: trustTierSchema,
  tainted_trust_tier: trustTierSchema.optional(),
});

/** A tier by its number, its number as text, or its name. Pure. */
export function readTier(tier: AuthoredTier): TrustTier {
  if (typeof tier === "number") return tier;
  const word = tierWords.findIndex((name) => name === tier);
  return word < 0 ? Number(tier) : word + 1;
}

/** Seconds of `30s` or `2m`. Pure. */
export function readDuration(text: string): number {
  return Number(text.slice(0, -1)) * (text.endsWith("m") ? 60 : 1);
}
