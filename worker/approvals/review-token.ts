import { approvalIdSchema, runIdSchema } from "#contract/ids";
import { equalInConstantTime, hmacSha256Hex } from "../platform/crypto.ts";

/** What a review token stands for. `expires_at` is in epoch milliseconds. */
export interface Review {
  id: string;
  run_id: string;
  expires_at: number;
}

const sign = (signingKey: string, { id, run_id, expires_at }: Review) =>
  hmacSha256Hex(signingKey, `approval-review:${id}:${run_id}:${expires_at}`);

/** The token of an approval's review link: `<run>.<expiry in base 36>.<hmac>`. The same approval has the same one. */
export async function signReview(signingKey: string, review: Review): Promise<string> {
  return `${review.run_id}.${review.expires_at.toString(36)}.${await sign(signingKey, review)}`;
}

/**
 * The run that asks, if `token` is a valid one of approval `id`; null for a missing, wrong or expired one alike. A token
 * has one spelling, the one that was signed: what is compared is the whole of it.
 */
export async function verifyReview(
  signingKey: string,
  { id, token, now }: { id: string; token: string; now: number },
): Promise<{ run_id: string } | null> {
  const [runId = "", expiry = ""] = token.split(".");
  const review = { id, run_id: runId, expires_at: Number.parseInt(expiry, 36) };
  const isGenuine = equalInConstantTime(token, await signReview(signingKey, review));
  const isWellFormed = approvalIdSchema.safeParse(id).success && runIdSchema.safeParse(runId).success;
  return isGenuine && isWellFormed && now < review.expires_at ? { run_id: runId } : null;
}
