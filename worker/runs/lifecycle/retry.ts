import type { FailureKind, RunFailure } from "#contract/runs/run-failure";
import type { AttemptRecord, RetryRule } from "./run-state.ts";

const MOST_MS = 3_600_000;
/** A retry comes up to this share later than its delay, never earlier. */
const SPREAD = 0.2;
const neverAgain: readonly FailureKind[] = ["cancelled", "policy"];

/** May this failure be tried again? Decisions of people and of policy are final whatever the manifest says. */
function covers(rule: RetryRule, failure: RunFailure): boolean {
  if (neverAgain.includes(failure.kind)) return false;
  return rule.on.includes("all") || rule.on.includes(failure.code);
}

/**
 * Milliseconds until the next attempt after `failure`, or null when there is none. `attempts` are those that are over,
 * the failed one included; attempts the platform lost do not count against the author. Pure.
 */
export function retryDelayMs(
  rule: RetryRule | null,
  failure: RunFailure,
  history: { attempts: readonly AttemptRecord[]; jitter: number },
): number | null {
  if (!rule || !covers(rule, failure)) return null;
  const tried = history.attempts.filter((attempt) => !attempt.lost).length;
  const own = rule.rules?.[failure.code] ?? rule.rules?.["all"] ?? rule;
  if (tried >= own.max_attempts) return null;
  const growth = own.backoff === "exponential" ? 2 ** (tried - 1) : 1;
  const delay = Math.min(MOST_MS, own.delay_ms * growth);
  return Math.round(delay * (1 + SPREAD * history.jitter));
}
