import type { Signature } from "#contract/hooks/webhook";
import { toHex } from "../platform/bytes.ts";
import { openSecrets, sealSecrets } from "../platform/rotating-secret.ts";
import type { RotatingSecret } from "../platform/rotating-secret.ts";
import { makeWebhookSecret } from "../platform/standard-webhooks.ts";

const SECRET_BYTES = 32;
const purposeOf = (triggerId: string) => `trigger:${triggerId}`;

/** A secret as senders of this scheme expect it: `whsec_` and base64 for Standard Webhooks, else 64 hex digits. */
export function newHookSecret(scheme: Signature["scheme"]): string {
  if (scheme === "standard") return makeWebhookSecret();
  return toHex(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** Seals a trigger's secrets for its row. */
export function sealHookSecrets(
  signingKey: string,
  triggerId: string,
  secrets: readonly RotatingSecret[],
): Promise<string> {
  return sealSecrets(signingKey, purposeOf(triggerId), secrets);
}

/** The secrets that are good now, newest first; none when the trigger has no box. */
export async function openHookSecrets(
  signingKey: string,
  hook: { trigger_id: string; secret_box: string | null },
  now: number,
): Promise<RotatingSecret[]> {
  if (hook.secret_box === null) return [];
  return openSecrets(signingKey, { purpose: purposeOf(hook.trigger_id), sealed: hook.secret_box, now });
}
