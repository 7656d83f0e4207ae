import * as z from "zod";
import type { Signature } from "#contract/hooks/webhook";
import { toHex } from "../platform/crypto.ts";
import { openSecret, sealSecret } from "../platform/secret-box.ts";

/** A secret of a webhook; during a rotation there are two. `expires_at`: epoch milliseconds, null for the newest. */
const hookSecretSchema = z.object({ value: z.string(), expires_at: z.number().nullable() });
export type HookSecret = z.infer<typeof hookSecretSchema>;

const SECRET_BYTES = 32;
const purposeOf = (triggerId: string) => `trigger:${triggerId}`;

/** A secret as senders of this scheme expect it: `whsec_` and base64 for Standard Webhooks, else 64 hex digits. */
export function newHookSecret(scheme: Signature["scheme"]): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  if (scheme !== "standard") return toHex(bytes);
  return `whsec_${btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))}`;
}

/** Seals a trigger's secrets for its row. */
export function sealHookSecrets(
  signingKey: string,
  triggerId: string,
  secrets: readonly HookSecret[],
): Promise<string> {
  return sealSecret(signingKey, { purpose: purposeOf(triggerId), secret: JSON.stringify(secrets) });
}

/** The secrets that are good now, newest first; none when the trigger has no box. */
export async function openHookSecrets(
  signingKey: string,
  hook: { trigger_id: string; secret_box: string | null },
  now: number,
): Promise<HookSecret[]> {
  if (hook.secret_box === null) return [];
  const text = await openSecret(signingKey, { purpose: purposeOf(hook.trigger_id), sealed: hook.secret_box });
  const secrets = z.array(hookSecretSchema).parse(JSON.parse(text));
  return secrets.filter(({ expires_at }) => expires_at === null || expires_at > now);
}

/** The new secret first, and the newest old one until its time is over; older ones are good no more. */
export function rotateHookSecrets(
  known: readonly HookSecret[],
  rotation: { value: string; now: number; overlapSeconds: number },
): HookSecret[] {
  const until = rotation.now + rotation.overlapSeconds * 1000;
  const [newest] = known;
  const kept = newest && rotation.overlapSeconds > 0 ? [{ ...newest, expires_at: until }] : [];
  return [{ value: rotation.value, expires_at: null }, ...kept];
}
