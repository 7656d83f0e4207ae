import { runsOnEdge } from "#contract/worker-mode";
import * as z from "zod";
import type { Manifest } from "#contract/manifest/manifest";
import { trustTierSchema } from "#contract/trust/tiers";

/** How far a run is trusted, as its version says; frozen into the run's spec. */
export const trustFactsSchema = z.object({
  tier: trustTierSchema,
  /** From when it has taken in what comes from outside; null where that changes nothing. */
  tainted_tier: trustTierSchema.nullable(),
});
export type TrustFacts = z.infer<typeof trustFactsSchema>;

/** An agent works; one that names workers it calls does that too. */
const DEFAULT_TIER = 2;
const CALLING_TIER = 3;

/** What a version says of trust, or what holds where it says nothing; null for a script that says nothing. Pure. */
export function trustOf({
  runtime,
  exec,
  calls,
}: Pick<Manifest, "runtime" | "exec" | "calls">): TrustFacts | null {
  if (runtime !== undefined)
    return { tier: runtime.trust_tier, tainted_tier: runtime.tainted_trust_tier ?? null };
  if (!runsOnEdge(exec.mode)) return null;
  return { tier: calls.length > 0 ? CALLING_TIER : DEFAULT_TIER, tainted_tier: null };
}
