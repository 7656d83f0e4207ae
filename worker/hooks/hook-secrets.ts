import type { Signature } from "#contract/hooks/webhook";
import { toHex } from "../platform/bytes.ts";
import { hmacSha256Hex } from "../platform/crypto.ts";
import type { BoxKeys } from "../platform/secrets/box-keys.ts";
import { MasterKeyMissing } from "../platform/secrets/envelope-crypto.ts";
import { openSecrets, pretendToOpen, sealSecrets } from "../platform/secrets/rotating-secret.ts";
import type { RotatingSecret } from "../platform/secrets/rotating-secret.ts";
import { makeWebhookSecret } from "../platform/standard-webhooks.ts";

const SECRET_BYTES = 32;
const TOKEN_BYTES = 16;
/** What a trigger's secrets are sealed for. */
export const hookBoxPurpose = (triggerId: string) => `trigger:${triggerId}`;
/** What a worker's tokens are sealed for. */
export const tokenBoxPurpose = (workerId: string) => `worker-token:${workerId}`;

/** A secret as senders of this scheme expect it: `whsec_` and base64 for Standard Webhooks, else 64 hex digits. */
export function newHookSecret(scheme: Signature["scheme"]): string {
  if (scheme === "standard") return makeWebhookSecret();
  return toHex(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** A token for a worker's own address: 32 hex digits. */
export function newWorkerToken(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/**
 * The token of a worker that never asked for one of its own, by its uid: no other worker has it, nor one that is made
 * again under the same name. Who has the signing key can compute it. Source: floom.md 7.6.
 */
export async function workerToken(signingKey: string, workerId: string): Promise<string> {
  return (await hmacSha256Hex(signingKey, workerId)).slice(0, 2 * TOKEN_BYTES);
}

/** Seals a trigger's secrets for its row. */
export function sealHookSecrets(
  keys: BoxKeys,
  triggerId: string,
  secrets: readonly RotatingSecret[],
): Promise<string> {
  return sealSecrets(keys, hookBoxPurpose(triggerId), secrets);
}

/** The secrets that are good now, newest first; none when the trigger has no box, after the same work. */
export function openHookSecrets(
  keys: BoxKeys,
  hook: { trigger_id: string; secret_box: string | null },
  now: number,
): Promise<RotatingSecret[]> {
  return openOrPretend(keys, { purpose: hookBoxPurpose(hook.trigger_id), sealed: hook.secret_box, now });
}

/** Seals a worker's tokens for its row. */
export function sealWorkerTokens(
  keys: BoxKeys,
  workerId: string,
  tokens: readonly RotatingSecret[],
): Promise<string> {
  return sealSecrets(keys, tokenBoxPurpose(workerId), tokens);
}

/** The tokens that are good now at a worker's own address, newest first; the work is the same for every worker. */
export async function openWorkerTokens(
  keys: BoxKeys,
  worker: { worker_id: string; token_box: string | null },
  now: number,
): Promise<RotatingSecret[]> {
  const box = { purpose: tokenBoxPurpose(worker.worker_id), sealed: worker.token_box, now };
  const signingKeys = [keys.signingKey, ...keys.earlierSigningKeys];
  const [first, own] = await Promise.all([
    Promise.all(signingKeys.map((key) => workerToken(key, worker.worker_id))),
    openOrPretend(keys, box),
  ]);
  return worker.token_box === null ? first.map((value) => ({ value, expires_at: null })) : own;
}

/**
 * Opens a box. Where there is none it costs the same, so that nobody learns from the time that none is there; one that
 * was sealed under another key is as good as none, until it is rotated.
 */
async function openOrPretend(
  keys: BoxKeys,
  { purpose, sealed, now }: { purpose: string; sealed: string | null; now: number },
): Promise<RotatingSecret[]> {
  if (sealed === null) {
    await pretendToOpen(keys);
    return [];
  }
  return openSecrets(keys, { purpose, sealed, now }).catch((error: unknown) => {
    const isOfOtherKey = error instanceof DOMException && error.name === "OperationError";
    if (isOfOtherKey || error instanceof MasterKeyMissing) return [];
    throw error;
  });
}
