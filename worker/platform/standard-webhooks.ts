import { concatBytes, fromBase64, toBase64 } from "./bytes.ts";
import { hmac } from "./crypto.ts";

/**
 * Webhooks as Standard Webhooks signs them (https://github.com/standard-webhooks/standard-webhooks,
 * spec/standard-webhooks.md): `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`.
 */
const PREFIX = "whsec_";
const SECRET_BYTES = 32;
const encoder = new TextEncoder();

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(): string {
  return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** The key a secret stands for: the bytes behind `whsec_`; a secret of another form stands for itself. */
export function standardKey(secret: string): Uint8Array {
  const bytes = secret.startsWith(PREFIX) ? fromBase64(secret.slice(PREFIX.length)) : null;
  return bytes ?? encoder.encode(secret);
}

/** What is signed. `timestamp` is in seconds, as it stands in the header. */
export function standardMessage(id: string, timestamp: string, body: Uint8Array): Uint8Array {
  return concatBytes(encoder.encode(`${id}.${timestamp}.`), body);
}

/** A message as it leaves. `timestamp` is in seconds. */
export interface SignedMessage {
  id: string;
  timestamp: number;
  body: string;
}

/** The value of `webhook-signature`: one signature per secret, parted by spaces, so that secrets can be rotated. */
export async function signStandardWebhook(
  secrets: readonly string[],
  { id, timestamp, body }: SignedMessage,
): Promise<string> {
  const message = standardMessage(id, String(timestamp), encoder.encode(body));
  const signed = secrets.map(
    async (secret) => `v1,${toBase64(await hmac(standardKey(secret), message, "SHA-256"))}`,
  );
  return (await Promise.all(signed)).join(" ");
}
