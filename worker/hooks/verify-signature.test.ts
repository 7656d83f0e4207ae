import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { signatureSchema } from "#contract/hooks/webhook";
import type { Signature } from "#contract/hooks/webhook";
import { createRandom } from "../../test/support/random.ts";
import type { Random } from "../../test/support/random.ts";
import { verifies } from "../../test/verifies.ts";
import { signSample } from "./sign-sample.ts";
import { verifySignature } from "./verify-signature.ts";
import type { SignedDelivery } from "./verify-signature.ts";

const encoder = new TextEncoder();
const nowMs = 1_614_265_330_000;
const options = (secret: string, at = nowMs) => ({ secrets: [secret], urlTokens: [], nowMs: at });
const deliver = (headers: Record<string, string>, body: string): SignedDelivery => ({
  headers,
  query: {},
  body: encoder.encode(body),
});
const read = (scheme: object): Signature => signatureSchema.parse(scheme);
const standard = read({ scheme: "standard" });

// The vector of the Standard Webhooks test suite.
const specSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const specBody = '{"test": 2432232314}';
const specHeaders = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": "1614265330",
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};

/** A GitHub signature as somebody makes it who has this secret, which may be the empty one. */
const githubSigned = (secret: string, body: string): SignedDelivery => {
  const mac = createHmac("sha256", secret).update(body).digest("hex");
  return deliver({ "x-hub-signature-256": `sha256=${mac}` }, body);
};

describe("secrets that are none", () => {
  const github = read({ scheme: "github" });
  const body = '{"a":1}';

  it("nobody can sign for a hook without a secret, or with an empty one, whatever stands in for it", async () => {
    verifies("webhooks:signature:no-secret");
    for (const guess of ["", "nobody's"]) {
      for (const secrets of [[], [""], ["", ""], ["the real one"]]) {
        const verdict = await verifySignature(github, githubSigned(guess, body), { ...options(""), secrets });
        expect(verdict.ok).toBe(false);
      }
    }
  });

  it("nor for one whose secret stands for no bytes", async () => {
    verifies("webhooks:signature:no-secret");
    const message = `msg_1.1614265330.${body}`;
    for (const guess of ["", "nobody's"]) {
      const mac = createHmac("sha256", guess).update(message).digest("base64");
      const headers = { ...specHeaders, "webhook-id": "msg_1", "webhook-signature": `v1,${mac}` };
      expect((await verifySignature(standard, deliver(headers, body), options("whsec_"))).ok).toBe(false);
    }
  });

  it("nor in Floom's own scheme, where even an empty secret has a digest that is a key", async () => {
    verifies("webhooks:signature:no-secret");
    const floom = read({ scheme: "floom" });
    const headers = await signSample(floom, { secret: "", id: "1", body, nowMs });
    for (const secrets of [[], [""], ["the real one"]]) {
      const verdict = await verifySignature(floom, deliver(headers, body), { ...options(""), secrets });
      expect(verdict.ok).toBe(false);
    }
  });

  it("each of three secrets is good", async () => {
    const three = { ...options(""), secrets: ["one", "two", "three"] };
    for (const secret of three.secrets)
      expect(await verifySignature(github, githubSigned(secret, body), three)).toEqual({ ok: true });
  });

  it("an older version of Stripe's signature is none, though it is right", async () => {
    const mac = createHmac("sha256", "secret").update(`1614265330.${body}`).digest("hex");
    const signed = (version: string) =>
      deliver({ "stripe-signature": `t=1614265330,${version}=${mac}` }, body);
    const stripe = read({ scheme: "stripe" });
    expect((await verifySignature(stripe, signed("v1"), options("secret"))).ok).toBe(true);
    expect((await verifySignature(stripe, signed("v0"), options("secret"))).ok).toBe(false);
  });
});

describe("Standard Webhooks", () => {
  const verify = (headers: Record<string, string>, change: { body?: string; at?: number } = {}) =>
    verifySignature(standard, deliver(headers, change.body ?? specBody), options(specSecret, change.at));

  it("the published vector verifies, alone and among several signatures", async () => {
    verifies("webhooks:signature:standard-vectors");
    expect(await verify(specHeaders)).toEqual({ ok: true });
    const several = `v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,abc ${specHeaders["webhook-signature"]}`;
    expect(await verify({ ...specHeaders, "webhook-signature": several })).toEqual({ ok: true });
  });

  it("an old or a future time does not, though it was signed", async () => {
    verifies("webhooks:signature:old-timestamp");
    expect((await verify(specHeaders, { at: nowMs + 300_000 })).ok).toBe(true);
    expect((await verify(specHeaders, { at: nowMs + 301_000 })).ok).toBe(false);
    expect((await verify(specHeaders, { at: nowMs - 301_000 })).ok).toBe(false);
  });

  it("another id, time, body or secret does not, nor a missing header or another version", async () => {
    for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"] as const) {
      const { [name]: _left, ...rest } = specHeaders;
      expect((await verify(rest)).ok).toBe(false);
      expect((await verify({ ...specHeaders, [name]: "1" })).ok).toBe(false);
    }
    expect((await verify({ ...specHeaders, "webhook-timestamp": "1614265331" })).ok).toBe(false);
    const v2 = specHeaders["webhook-signature"].replace("v1,", "v2,");
    expect((await verify({ ...specHeaders, "webhook-signature": v2 })).ok).toBe(false);
    expect((await verify(specHeaders, { body: `${specBody} ` })).ok).toBe(false);
  });

  it("a secret that somebody chose freely stands for itself, when signing a sample as when checking", async () => {
    for (const secret of ["correct horse battery staple", "whsec_not-base64!"]) {
      const body = '{"a":"ä"}';
      const headers = await signSample(standard, { secret, id: "msg_1", body, nowMs });
      expect(await verifySignature(standard, deliver(headers, body), options(secret))).toEqual({ ok: true });
    }
  });

  it("a signature that is no base64 is refused and breaks nothing", async () => {
    for (const given of ["v1,ab=", "v1,", "v1,a b", "v1,ä"])
      expect((await verify({ ...specHeaders, "webhook-signature": given })).ok).toBe(false);
  });

  it("during a rotation both secrets are good", async () => {
    const both = { ...options("whsec_AAAA"), secrets: ["whsec_AAAA", specSecret] };
    expect(await verifySignature(standard, deliver(specHeaders, specBody), both)).toEqual({ ok: true });
  });
});

describe("vectors of other senders", () => {
  it("GitHub's documented example verifies", async () => {
    const headers = {
      "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    };
    const secret = "It's a Secret to Everybody";
    const verify = (body: string) =>
      verifySignature(read({ scheme: "github" }), deliver(headers, body), options(secret));
    expect(await verify("Hello, World!")).toEqual({ ok: true });
    expect((await verify("Hello, World?")).ok).toBe(false);
  });

  it("Slack's documented example verifies", async () => {
    const body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const headers = {
      "x-slack-request-timestamp": "1531420618",
      "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    };
    const known = options("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618_000);
    expect(await verifySignature(read({ scheme: "slack" }), deliver(headers, body), known)).toEqual({
      ok: true,
    });
  });

  it("Floom's token is taken from the address, and no other", async () => {
    const known = { secrets: ["s".repeat(64)], urlTokens: ["ab".repeat(16)], nowMs };
    const verify = (token: string) =>
      verifySignature(
        read({ scheme: "floom" }),
        { headers: {}, query: { token }, body: new Uint8Array() },
        known,
      );
    expect(await verify("ab".repeat(16))).toEqual({ ok: true });
    expect((await verify("ab".repeat(15) + "ac")).ok).toBe(false);
    expect((await verify("")).ok).toBe(false);
  });

  it("Floom's signature is taken under both of its names", async () => {
    const headers = await signSample(read({ scheme: "floom" }), {
      secret: "ab".repeat(32),
      id: "1",
      body: "x",
      nowMs,
    });
    const given = headers["x-floom-signature"] ?? "";
    const scheme = read({ scheme: "floom" });
    const known = options("ab".repeat(32));
    expect(await verifySignature(scheme, deliver({ "x-workeros-signature": given }, "x"), known)).toEqual({
      ok: true,
    });
  });
});

const schemes: Signature[] = [
  ...(["standard", "github", "stripe", "slack", "shopify", "floom"] as const).map((scheme) =>
    read({ scheme }),
  ),
  ...(["sha256", "sha1", "sha512"] as const).flatMap((algorithm) =>
    (["hex", "base64"] as const).map((encoding) =>
      read({ scheme: "hmac", header: "X-Sig", algorithm, encoding, prefix: "mac:" }),
    ),
  ),
];

it.each(schemes.map((scheme) => [JSON.stringify(scheme), scheme] as const))(
  "%s: what was signed verifies; one bit off in the signature or the body does not",
  async (_name, scheme) => {
    verifies("webhooks:signature:one-bit-off");
    const random = createRandom(7);
    const secret = scheme.scheme === "standard" ? specSecret : "a secret of some length";
    const body = '{"amount":1}';
    const headers = await signSample(scheme, { secret, id: "msg_1", body, nowMs });
    expect(await verifySignature(scheme, deliver(headers, body), options(secret))).toEqual({ ok: true });
    expect(
      (await verifySignature(scheme, deliver(headers, body), options(`${secret.slice(0, -1)}x`))).ok,
    ).toBe(false);
    for (let round = 0; round < 20; round++) {
      const bytes = encoder.encode(body);
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
      expect((await verifySignature(scheme, { headers, query: {}, body: bytes }, options(secret))).ok).toBe(
        false,
      );
      const changed = flipSignature(headers, random);
      expect((await verifySignature(scheme, deliver(changed, body), options(secret))).ok).toBe(false);
    }
  },
);

/** The headers with one digit of the signature replaced by another; the last one carries unused bits in base64. */
function flipSignature(headers: Record<string, string>, random: Random): Record<string, string> {
  const name = Object.keys(headers).find((key) => /sig|hmac/.test(key)) ?? "";
  const value = headers[name] ?? "";
  const from = /^(?:sha256=|v1,|v0=|mac:|t=\d+,v1=)?/.exec(value)?.[0].length ?? 0;
  const at = from + random.below(value.replace(/=+$/, "").length - from - 1);
  return { ...headers, [name]: value.slice(0, at) + (value[at] === "0" ? "1" : "0") + value.slice(at + 1) };
}
