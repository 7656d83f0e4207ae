import type { Signature } from "#contract/hooks/webhook";
import { toBase64, toHex } from "../platform/bytes.ts";
import { hmac, hmacSha256Hex, sha256Hex } from "../platform/crypto.ts";
import { signStandardWebhook } from "../platform/standard-webhooks.ts";

const encoder = new TextEncoder();
const hashes = { sha256: "SHA-256", sha1: "SHA-1", sha512: "SHA-512" } as const;

/** What a sender of this scheme would put on a delivery, so that a trigger can be tried without one. Lower-case names. */
export async function signSample(
  signature: Signature,
  sample: { secret: string; id: string; body: string; nowMs: number },
): Promise<Record<string, string>> {
  const { secret, id, body } = sample;
  const timestamp = Math.floor(sample.nowMs / 1000);
  const seconds = String(timestamp);
  switch (signature.scheme) {
    case "none":
      return {};
    case "standard": {
      const signed = await signStandardWebhook([secret], { id, timestamp, body });
      return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signed };
    }
    case "github":
      return {
        "x-github-delivery": id,
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${await hmacSha256Hex(secret, body)}`,
      };
    case "stripe":
      return { "stripe-signature": `t=${seconds},v1=${await hmacSha256Hex(secret, `${seconds}.${body}`)}` };
    case "slack":
      return {
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": `v0=${await hmacSha256Hex(secret, `v0:${seconds}:${body}`)}`,
      };
    case "shopify":
      return {
        "x-shopify-webhook-id": id,
        "x-shopify-hmac-sha256": toBase64(await hmac(encoder.encode(secret), body, "SHA-256")),
      };
    case "floom": {
      const signed = await hmacSha256Hex(await sha256Hex(secret), body);
      return { "x-floom-delivery": id, "x-floom-signature": `sha256=${signed}` };
    }
    case "hmac": {
      const mac = await hmac(encoder.encode(secret), body, hashes[signature.algorithm]);
      const text = signature.encoding === "hex" ? toHex(mac) : toBase64(mac);
      return { "idempotency-key": id, [signature.header.toLowerCase()]: `${signature.prefix}${text}` };
    }
  }
}
