import { buildConcurrencyKey } from "#contract/manifest/concurrency-key";
import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import { sha256Hex } from "../../platform/crypto.ts";
import type { QueueRule } from "../../queue/admission.ts";
import type { ConcurrencyRule } from "../../queue/queue-api.ts";

const LONGEST_KEY = 200;

/**
 * How many runs may be under way at a time, from the manifest. Without a key the limit is the worker's; with one it is
 * each group's, and the worker's own stays beside it.
 */
export function buildQueueRule(declared: Manifest["concurrency"] | null): QueueRule {
  const most = limits.worker_concurrency_runs.value;
  if (!declared) return { limit: most, total: most, on_conflict: "queue" };
  const { limit, on_conflict, key } = declared;
  return { limit, total: key === undefined ? limit : Math.max(limit, most), on_conflict };
}

/** The same for one run: with the group that its inputs put it into. */
export async function buildConcurrency(
  declared: Manifest["concurrency"] | null,
  inputs: Inputs,
): Promise<ConcurrencyRule> {
  const rule = buildQueueRule(declared);
  if (declared?.key === undefined) return { key: "", ...rule };
  const key = buildConcurrencyKey(declared.key, inputs);
  return { key: key.length <= LONGEST_KEY ? key : `sha256:${await sha256Hex(key)}`, ...rule };
}
