import { tokenLimits } from "#contract/tokens/limits";

const FRESH_MS = tokenLimits.token_used_seconds.value * 1000;

/**
 * Whether a use of a token is to be written down: when none was within the last hour. Most calls therefore write nothing,
 * and the one that does writes behind its answer. Times in epoch milliseconds. Pure.
 */
export function isUseNews(lastUsedAt: number | null, now: number): boolean {
  return lastUsedAt === null || now - lastUsedAt >= FRESH_MS;
}
