import type { Signature } from "#contract/hooks/webhook";
import { concatBytes, fromBase64, fromHex } from "../platform/bytes.ts";
import { equalInConstantTime, importHmacKey, sha256Hex } from "../platform/crypto.ts";
import type { Hash } from "../platform/crypto.ts";
import { standardKey, standardMessage } from "../platform/standard-webhooks.ts";

/** A delivery as far as its signature is concerned. Names of `headers` are in lower case. */
export interface SignedDelivery {
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** The bytes as they came. */
  body: Uint8Array;
}

export interface VerifyOptions {
  /** Every secret that is good now: during a rotation the new one and the old one. */
  secrets: readonly string[];
  /** The value of `?token=` that Floom's first scheme takes; null where it is not taken. */
  urlTokens: readonly string[];
  nowMs: number;
}

export type Verification = { ok: true } | { ok: false; reason: string };

/** One claim to be checked: these bytes were signed as `message` by somebody who knows `key`. */
interface Claim {
  hash: Hash;
  key: Uint8Array;
  message: Uint8Array;
  signature: Uint8Array;
}

const encoder = new TextEncoder();
const good: Verification = { ok: true };
const bad = (reason: string): Verification => ({ ok: false, reason });
const hashes: Record<string, Hash> = { sha256: "SHA-256", sha1: "SHA-1", sha512: "SHA-512" };

/**
 * Does the delivery come from somebody who knows one of the secrets? The comparison is `crypto.subtle.verify`'s, whose
 * time does not depend on where two signatures differ, and every claim is checked even after one was good.
 * Sources: standardwebhooks.com (spec), docs.github.com "Validating webhook deliveries", docs.stripe.com "Verify
 * signatures manually", api.slack.com "Verifying requests from Slack", shopify.dev "Verify webhooks".
 */
export async function verifySignature(
  scheme: Signature,
  delivery: SignedDelivery,
  options: VerifyOptions,
): Promise<Verification> {
  switch (scheme.scheme) {
    case "none":
      return good;
    case "standard":
      return verifyStandard(delivery, options, scheme.tolerance_seconds);
    case "stripe":
      return verifyStripe(delivery, options, scheme.tolerance_seconds);
    case "slack":
      return verifySlack(delivery, options, scheme.tolerance_seconds);
    case "github":
      return verifyBody(delivery, options, githubForm);
    case "shopify":
      return verifyBody(delivery, options, shopifyForm);
    case "hmac":
      return verifyBody(delivery, options, scheme);
    case "floom":
      return verifyFloom(delivery, options);
  }
}

interface BodyForm {
  header: string;
  algorithm: "sha256" | "sha1" | "sha512";
  encoding: "hex" | "base64";
  prefix: string;
}

const githubForm: BodyForm = {
  header: "x-hub-signature-256",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "sha256=",
};
const shopifyForm: BodyForm = {
  header: "x-shopify-hmac-sha256",
  algorithm: "sha256",
  encoding: "base64",
  prefix: "",
};

/** A signature over the raw body alone, in one header. */
async function verifyBody(
  { headers, body }: SignedDelivery,
  { secrets }: VerifyOptions,
  form: BodyForm,
): Promise<Verification> {
  const given = headers[form.header.toLowerCase()];
  if (given === undefined) return bad(`the header ${form.header} is missing`);
  if (!given.startsWith(form.prefix)) return bad(`${form.header} does not begin with ${form.prefix}`);
  const signature = decode(given.slice(form.prefix.length), form.encoding);
  if (signature === null) return bad(`${form.header} is not ${form.encoding}`);
  const hash = hashes[form.algorithm] ?? "SHA-256";
  const claims = secrets.map((secret) => ({ hash, key: encoder.encode(secret), message: body, signature }));
  return judge(claims);
}

/** `webhook-id`, `webhook-timestamp`, and one or several `v1,<base64>` over `id.timestamp.body`. */
async function verifyStandard(
  { headers, body }: SignedDelivery,
  { secrets, nowMs }: VerifyOptions,
  toleranceSeconds: number,
): Promise<Verification> {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": given } = headers;
  if (!id || !time || !given) return bad("webhook-id, webhook-timestamp or webhook-signature is missing");
  const late = checkTime(time, nowMs, toleranceSeconds);
  if (late) return late;
  const message = standardMessage(id, time, body);
  const signatures = given
    .split(" ")
    .filter((part) => part.startsWith("v1,"))
    .flatMap((part) => decode(part.slice(3), "base64") ?? []);
  const keys = secrets.map(standardKey);
  return judge(
    keys.flatMap((key) =>
      signatures.map((signature) => ({ hash: "SHA-256" as const, key, message, signature })),
    ),
  );
}

/** `Stripe-Signature: t=<seconds>,v1=<hex>,v1=<hex>` over `t.body`. */
async function verifyStripe(
  { headers, body }: SignedDelivery,
  { secrets, nowMs }: VerifyOptions,
  toleranceSeconds: number,
): Promise<Verification> {
  const given = headers["stripe-signature"];
  if (!given) return bad("the header Stripe-Signature is missing");
  const pairs = given.split(",").map((part) => part.trim().split("=", 2));
  const time = pairs.find(([name]) => name === "t")?.[1] ?? "";
  const late = checkTime(time, nowMs, toleranceSeconds);
  if (late) return late;
  const message = concatBytes(encoder.encode(`${time}.`), body);
  const signatures = pairs.flatMap(([name, value]) =>
    name === "v1" ? (decode(value ?? "", "hex") ?? []) : [],
  );
  return judge(
    secrets.flatMap((secret) =>
      signatures.map((signature) => ({
        hash: "SHA-256" as const,
        key: encoder.encode(secret),
        message,
        signature,
      })),
    ),
  );
}

/** `X-Slack-Signature: v0=<hex>` over `v0:timestamp:body`. */
async function verifySlack(
  { headers, body }: SignedDelivery,
  { secrets, nowMs }: VerifyOptions,
  toleranceSeconds: number,
): Promise<Verification> {
  const { "x-slack-request-timestamp": time, "x-slack-signature": given } = headers;
  if (!time || !given?.startsWith("v0="))
    return bad("X-Slack-Request-Timestamp or X-Slack-Signature is missing");

  const late = checkTime(time, nowMs, toleranceSeconds);
  if (late) return late;
  const signature = decode(given.slice(3), "hex");
  if (signature === null) return bad("X-Slack-Signature is not hex");
  const message = concatBytes(encoder.encode(`v0:${time}:`), body);
  return judge(
    secrets.map((secret) => ({ hash: "SHA-256", key: encoder.encode(secret), message, signature })),
  );
}

/**
 * Floom's own schemes: a token in the address, or HMAC-SHA256 of the body under the hex SHA-256 of the raw secret.
 * Its clients send the second under either of two names.
 */
async function verifyFloom(delivery: SignedDelivery, options: VerifyOptions): Promise<Verification> {
  const { headers, query } = delivery;
  const header = headers["x-floom-signature"] ?? headers["x-workeros-signature"];
  if (header !== undefined) {
    const keys = await Promise.all(options.secrets.map((secret) => sha256Hex(secret)));
    const form: BodyForm = { header: "x", algorithm: "sha256", encoding: "hex", prefix: "sha256=" };
    return verifyBody({ ...delivery, headers: { x: header } }, { ...options, secrets: keys }, form);
  }
  const token = query["token"];
  if (token === undefined) return bad("neither X-Floom-Signature nor ?token= is there");
  const matches = options.urlTokens.map((expected) => equalInConstantTime(token, expected));
  return matches.includes(true) ? good : bad("the token is not this worker's");
}

function checkTime(text: string, nowMs: number, toleranceSeconds: number): Verification | null {
  if (!/^\d{1,12}$/.test(text)) return bad("the signed time is not a number of seconds");
  const awaySeconds = Math.abs(nowMs / 1000 - Number(text));
  if (awaySeconds <= toleranceSeconds) return null;
  return bad(
    `the signed time is ${Math.round(awaySeconds)} s away from now; at most ${toleranceSeconds} s are taken`,
  );
}

async function judge(claims: readonly Claim[]): Promise<Verification> {
  const verdicts = await Promise.all(claims.map(isTrue));
  return verdicts.includes(true) ? good : bad("the signature does not fit the body");
}

async function isTrue({ hash, key, message, signature }: Claim): Promise<boolean> {
  if (key.byteLength === 0) return false;
  const imported = await importHmacKey(key, hash);
  return crypto.subtle.verify("HMAC", imported, signature, message);
}

/** The bytes of a signature; null when it is not written in this encoding. */
function decode(text: string, encoding: "hex" | "base64"): Uint8Array | null {
  if (text === "") return null;
  return encoding === "hex" ? fromHex(text) : fromBase64(text);
}
