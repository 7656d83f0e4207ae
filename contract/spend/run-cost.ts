import * as z from "zod";

/**
 * What E2B asks for a sandbox that runs, in dollars (https://e2b.dev/pricing): for each of its processors and for each GiB
 * of its memory, a second. `FLOOM_USD_PER_VCPU_SECOND` and `FLOOM_USD_PER_GIB_SECOND` say what else it costs somewhere.
 */
export const sandboxRates = { usd_per_vcpu_second: 0.000014, usd_per_gib_second: 0.0000045 } as const;

/** What a sandbox is made of unless its provider is told otherwise, which Floom does not do. */
export const sandboxSize = { vcpus: 2, memory_gib: 0.5 } as const;

/** What a sandbox costs a second, in dollars. Pure. */
export function usdPerSecond(rates: { usd_per_vcpu_second: number; usd_per_gib_second: number }): number {
  return sandboxSize.vcpus * rates.usd_per_vcpu_second + sandboxSize.memory_gib * rates.usd_per_gib_second;
}

/** What a run has cost by the prices of when it was accepted, in dollars. */
export const runCostSchema = z.object({
  sandbox_usd: z.number().nonnegative().describe("The time of its sandboxes, of all attempts."),
  model_usd: z.number().nonnegative().describe("What models have asked; 0 for a script."),
  total_usd: z.number().nonnegative(),
});
export type RunCost = z.infer<typeof runCostSchema>;
