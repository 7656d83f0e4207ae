import type { Signature } from "#contract/hooks/webhook";
import { toHex } from "../platform/crypto.ts";

const encoder = new TextEncoder();

/** What a sender of this scheme would put on a delivery, so that a trigger can be tried without one. Lower-case names. */
export async function signSample(
  signature: Signature,
  sample: { secret: string; id: string; body: string; nowMs: number },
): Promise<Record<string, string>> {
  const { secret, id, body } = sample;
  const seconds = String(Math.floor(sample.nowMs / 1000));
  switch (signature.scheme) {
    case "none":
      return {};
    case "standard": {
      const key = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (char) => char.charCodeAt(0));
      const mac = await sign("SHA-256", key, `${id}.${seconds}.${body}`);
      return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${toBase64(mac)}` };
    }
    case "github":
      return {
        "x-github-delivery": id,
        "x-github-event": "push",
        "x-hub-signature-256": `sha256=${await signHex(secret, body)}`,
      };
    case "stripe":
      return { "stripe-signature": `t=${seconds},v1=${await signHex(secret, `${seconds}.${body}`)}` };
    case "slack":
      return {
        "x-slack-request-timestamp": seconds,
        "x-slack-signature": `v0=${await signHex(secret, `v0:${seconds}:${body}`)}`,
      };
    case "shopify":
      return {
        "x-shopify-webhook-id": id,
        "x-shopify-hmac-sha256": toBase64(await sign("SHA-256", encoder.encode(secret), body)),
      };
    case "floom": {
      const key = toHex(await crypto.subtle.digest("SHA-256", encoder.encode(secret)));
      return { "x-floom-delivery": id, "x-floom-signature": `sha256=${await signHex(key, body)}` };
    }
    case "hmac": {
      const hash = ({ sha256: "SHA-256", sha1: "SHA-1", sha512: "SHA-512" } as const)[signature.algorithm];
      const mac = await sign(hash, encoder.encode(secret), body);
      const text = signature.encoding === "hex" ? toHex(mac) : toBase64(mac);
      return { "idempotency-key": id, [signature.header.toLowerCase()]: `${signature.prefix}${text}` };
    }
  }
}

async function signHex(secret: string, message: string): Promise<string> {
  return toHex(await sign("SHA-256", encoder.encode(secret), message));
}

async function sign(hash: string, key: Uint8Array, message: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key as BufferSource, { name: "HMAC", hash }, false, [
    "sign",
  ]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, encoder.encode(message)));
}

function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
