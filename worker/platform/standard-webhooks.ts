/**
 * Signing of outgoing webhooks as Standard Webhooks has it (https://github.com/standard-webhooks/standard-webhooks,
 * spec/standard-webhooks.md): `v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`.
 */
const PREFIX = "whsec_";
const SECRET_BYTES = 32;
const encoder = new TextEncoder();

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** A new signing secret: `whsec_` and 32 random bytes in base64. */
export function makeWebhookSecret(): string {
  return PREFIX + toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));
}

/** The key a secret stands for: the bytes behind `whsec_`, or the text itself where somebody chose it freely. */
function keyOf(secret: string): Uint8Array<ArrayBuffer> {
  if (!secret.startsWith(PREFIX)) return Uint8Array.from(encoder.encode(secret));
  return Uint8Array.from(atob(secret.slice(PREFIX.length)), (char) => char.charCodeAt(0));
}

async function hmac(key: Uint8Array<ArrayBuffer>, message: string): Promise<Uint8Array> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(message)));
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
  const signed = secrets.map(async (secret) => {
    return `v1,${toBase64(await hmac(keyOf(secret), `${id}.${timestamp}.${body}`))}`;
  });
  return (await Promise.all(signed)).join(" ");
}
