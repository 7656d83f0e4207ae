import type { Signature } from "#contract/hooks/webhook";
import { concatBytes, fromBase64, fromHex } from "../platform/bytes.ts";
import { equalBytesInConstantTime, equalInConstantTime, hmac, sha256Hex } from "../platform/crypto.ts";
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
  /** The values of `?token=` that Floom's first scheme takes. */
  urlTokens: readonly string[];
  nowMs: number;
}

export type Verification = { ok: true } | { ok: false; reason: string };

/** What a delivery claims: that these bytes were signed by somebody who knows a secret. Any one signature is enough. */
interface Claim {
  hash: Hash;
  /** The key that a secret stands for in this scheme; `digest` is the hex SHA-256 of the secret. */
  keyOf: (secret: string, digest: string) => Uint8Array;
  message: Uint8Array;
  signatures: readonly Uint8Array[];
}

type Reading = { ok: true; claim: Claim } | { ok: false; reason: string };

const encoder = new TextEncoder();
const good: Verification = { ok: true };
const bad = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });
const hashes: Record<BodyForm["algorithm"], Hash> = { sha256: "SHA-256", sha1: "SHA-1", sha512: "SHA-512" };
const ownBytes = (secret: string) => encoder.encode(secret);

/** So many secrets are tried on every delivery, there or not: a rotation leaves two that are good. */
const SECRETS_TRIED = 2;

/**
 * Does the delivery come from somebody who knows one of the secrets? The work is the same whatever is found: two keys
 * are tried over the body, also where a header is missing, a time is old or there is no secret, and each signature is
 * compared in constant time. Whoever asks learns nothing from how long the answer takes, not even the scheme.
 * Sources: standardwebhooks.com (spec), docs.github.com "Validating webhook deliveries", docs.stripe.com "Verify
 * signatures manually", api.slack.com "Verifying requests from Slack", shopify.dev "Verify webhooks".
 */
export async function verifySignature(
  scheme: Signature,
  delivery: SignedDelivery,
  options: VerifyOptions,
): Promise<Verification> {
  const reading = readClaim(scheme, delivery, options.nowMs);
  const claim = reading.ok ? reading.claim : emptyClaim(delivery);
  const fits = await tryClaim(claim, options.secrets);
  if (scheme.scheme === "none") return good;
  if (scheme.scheme === "floom" && !hasFloomSignature(delivery)) return judgeToken(delivery, options);
  if (!reading.ok) return reading;
  return fits ? good : bad("the signature does not fit the body");
}

/** What a delivery says of itself, read by the scheme. Pure. */
function readClaim(scheme: Signature, delivery: SignedDelivery, nowMs: number): Reading {
  switch (scheme.scheme) {
    case "none":
      return bad("nothing is demanded");
    case "standard":
      return readStandard(delivery, nowMs, scheme.tolerance_seconds);
    case "stripe":
      return readStripe(delivery, nowMs, scheme.tolerance_seconds);
    case "slack":
      return readSlack(delivery, nowMs, scheme.tolerance_seconds);
    case "github":
      return readBody(delivery, githubForm);
    case "shopify":
      return readBody(delivery, shopifyForm);
    case "hmac":
      return readBody(delivery, scheme);
    case "floom":
      return readFloom(delivery);
  }
}

/** Costs what a claim costs and can be nobody's. */
function emptyClaim({ body }: SignedDelivery): Claim {
  return { hash: "SHA-256", keyOf: ownBytes, message: body, signatures: [] };
}

/** Was the claim made with one of the secrets? An empty secret is nobody's. */
async function tryClaim(claim: Claim, secrets: readonly string[]): Promise<boolean> {
  const tried = Array.from({ length: Math.max(SECRETS_TRIED, secrets.length) }, (_, at) => secrets[at] ?? "");
  const fits = await Promise.all(
    tried.map(async (secret) => {
      const key = claim.keyOf(secret, await sha256Hex(secret));
      const mac = await hmac(key.byteLength > 0 ? key : ownBytes("nobody's"), claim.message, claim.hash);
      const equal = claim.signatures.map((signature) => equalBytesInConstantTime(mac, signature));
      return secret !== "" && key.byteLength > 0 && equal.includes(true);
    }),
  );
  return fits.includes(true);
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

const floomForm: BodyForm = {
  header: "X-Floom-Signature",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "sha256=",
};

/** A signature over the raw body alone, in one header. */
function readBody({ headers, body }: SignedDelivery, form: BodyForm): Reading {
  return readValue(headers[form.header.toLowerCase()], body, form);
}

/** The same, whatever header its value came in. */
function readValue(given: string | undefined, body: Uint8Array, form: BodyForm): Reading {
  if (given === undefined) return bad(`the header ${form.header} is missing`);
  if (!given.startsWith(form.prefix)) return bad(`${form.header} does not begin with ${form.prefix}`);
  const written = given.slice(form.prefix.length);
  const signature = form.encoding === "hex" ? fromHex(written) : fromBase64(written);
  if (signature === null) return bad(`${form.header} is not ${form.encoding}`);
  const hash = hashes[form.algorithm];
  return { ok: true, claim: { hash, keyOf: ownBytes, message: body, signatures: [signature] } };
}

/** `webhook-id`, `webhook-timestamp`, and one or several `v1,<base64>` over `id.timestamp.body`. */
function readStandard({ headers, body }: SignedDelivery, nowMs: number, toleranceSeconds: number): Reading {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": given } = headers;
  if (!id || !time || !given) return bad("webhook-id, webhook-timestamp or webhook-signature is missing");
  const late = checkTime(time, nowMs, toleranceSeconds);
  if (late) return late;
  const signatures = given
    .split(" ")
    .filter((part) => part.startsWith("v1,"))
    .map((part) => fromBase64(part.slice(3)))
    .filter((signature) => signature !== null);
  const message = standardMessage(id, time, body);
  return { ok: true, claim: { hash: "SHA-256", keyOf: standardKey, message, signatures } };
}

/** `Stripe-Signature: t=<seconds>,v1=<hex>,v1=<hex>` over `t.body`. */
function readStripe({ headers, body }: SignedDelivery, nowMs: number, toleranceSeconds: number): Reading {
  const given = headers["stripe-signature"];
  if (!given) return bad("the header Stripe-Signature is missing");
  const pairs = given.split(",").map((part) => part.trim().split("=", 2));
  const time = pairs.find(([name]) => name === "t")?.[1] ?? "";
  const late = checkTime(time, nowMs, toleranceSeconds);
  if (late) return late;
  const message = concatBytes(encoder.encode(`${time}.`), body);
  const signatures = pairs
    .filter(([name]) => name === "v1")
    .map(([, value = ""]) => fromHex(value))
    .filter((signature) => signature !== null);
  return { ok: true, claim: { hash: "SHA-256", keyOf: ownBytes, message, signatures } };
}

/** `X-Slack-Signature: v0=<hex>` over `v0:timestamp:body`. */
function readSlack({ headers, body }: SignedDelivery, nowMs: number, toleranceSeconds: number): Reading {
  const { "x-slack-request-timestamp": time, "x-slack-signature": given } = headers;
  if (!time || !given?.startsWith("v0="))
    return bad("X-Slack-Request-Timestamp or X-Slack-Signature is missing");

  const late = checkTime(time, nowMs, toleranceSeconds);
  if (late) return late;
  const signature = fromHex(given.slice(3));
  if (signature === null) return bad("X-Slack-Signature is not hex");
  const message = concatBytes(encoder.encode(`v0:${time}:`), body);
  return { ok: true, claim: { hash: "SHA-256", keyOf: ownBytes, message, signatures: [signature] } };
}

const floomHeader = ({ headers }: SignedDelivery): string | undefined =>
  headers["x-floom-signature"] ?? headers["x-workeros-signature"];

/** Does it carry Floom's signature? Without one it is judged by its token. Pure. */
export function hasFloomSignature(delivery: SignedDelivery): boolean {
  return floomHeader(delivery) !== undefined;
}

/** Floom's signature: HMAC-SHA256 of the body under the hex SHA-256 of the raw secret, in either of two headers. */
function readFloom(delivery: SignedDelivery): Reading {
  const read = readValue(floomHeader(delivery), delivery.body, floomForm);
  if (!read.ok) return read;
  return { ok: true, claim: { ...read.claim, keyOf: (_secret, digest) => encoder.encode(digest) } };
}

/** Floom's other scheme: a token in the address. */
function judgeToken({ query }: SignedDelivery, { urlTokens }: VerifyOptions): Verification {
  const token = query["token"];
  if (token === undefined) return bad("neither X-Floom-Signature nor ?token= is there");
  const matches = urlTokens.map((expected) => equalInConstantTime(token, expected));
  return matches.includes(true) ? good : bad("the token is not this worker's");
}

function checkTime(
  text: string,
  nowMs: number,
  toleranceSeconds: number,
): { ok: false; reason: string } | null {
  if (!/^\d{1,12}$/.test(text)) return bad("the signed time is not a number of seconds");
  const awaySeconds = Math.abs(nowMs / 1000 - Number(text));
  if (awaySeconds <= toleranceSeconds) return null;
  return bad(
    `the signed time is ${Math.round(awaySeconds)} s away from now; at most ${toleranceSeconds} s are taken`,
  );
}
