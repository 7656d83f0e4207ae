import { afterEach, expect, it, vi } from "vitest";
import { signatureSchema } from "#contract/hooks/webhook";
import { verifies } from "../../test/verifies.ts";
import { verifySignature } from "./verify-signature.ts";

const nowMs = 1_700_000_000_000;
const time = "1700000000";
const hex = "ab".repeat(32);
const base64 = "q".repeat(43);

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the owner of a hook reads of a delivery that was not let in. */
async function reasonFor(
  scheme: object,
  headers: Record<string, string>,
  change: { query?: Record<string, string>; secrets?: string[] } = {},
): Promise<string> {
  const verdict = await verifySignature(
    signatureSchema.parse(scheme),
    { headers, query: change.query ?? {}, body: new TextEncoder().encode("{}") },
    { secrets: change.secrets ?? ["secret"], urlTokens: ["good"], nowMs },
  );
  return verdict.ok ? "let in" : verdict.reason;
}

const hmac = { scheme: "hmac", header: "X-Sig", algorithm: "sha256", encoding: "hex", prefix: "mac=" };
const standardMissing = "webhook-id, webhook-timestamp or webhook-signature is missing";
const slackMissing = "X-Slack-Request-Timestamp or X-Slack-Signature is missing";
const noFit = "the signature does not fit the body";
const noTime = "the signed time is not a number of seconds";
const standard = (change: object) => ({
  "webhook-id": "1",
  "webhook-timestamp": time,
  "webhook-signature": `v1,${base64}=`,
  ...change,
});
const slack = (change: object) => ({
  "x-slack-request-timestamp": time,
  "x-slack-signature": `v0=${hex}`,
  ...change,
});
const stripe = (value: string) => ({ "stripe-signature": value });

it.each<[string, object, Record<string, string>, string]>([
  ["nothing is demanded", { scheme: "none" }, {}, "let in"],
  ["GitHub's header is missing", { scheme: "github" }, {}, "the header x-hub-signature-256 is missing"],
  [
    "GitHub's header has another beginning",
    { scheme: "github" },
    { "x-hub-signature-256": `sha1=${hex}` },
    "x-hub-signature-256 does not begin with sha256=",
  ],
  ["Shopify's header is missing", { scheme: "shopify" }, {}, "the header x-shopify-hmac-sha256 is missing"],
  [
    "Shopify's header is not base64",
    { scheme: "shopify" },
    { "x-shopify-hmac-sha256": "no base64!" },
    "x-shopify-hmac-sha256 is not base64",
  ],
  ["an own header is missing", hmac, {}, "the header X-Sig is missing"],
  ["an own header has another beginning", hmac, { "x-sig": hex }, "X-Sig does not begin with mac="],
  ["it is not hex", hmac, { "x-sig": `mac=${hex}zz` }, "X-Sig is not hex"],
  ["it only ends in hex", hmac, { "x-sig": `mac=zz${hex}` }, "X-Sig is not hex"],
  ["half a byte is missing", hmac, { "x-sig": "mac=abc" }, "X-Sig is not hex"],
  ["it is empty", hmac, { "x-sig": "mac=" }, "X-Sig is not hex"],
  ["it is not this body's", hmac, { "x-sig": `mac=${hex}` }, noFit],
  ["an id is empty", { scheme: "standard" }, standard({ "webhook-id": "" }), standardMissing],
  ["a time is empty", { scheme: "standard" }, standard({ "webhook-timestamp": "" }), standardMissing],
  ["a signature is empty", { scheme: "standard" }, standard({ "webhook-signature": "" }), standardMissing],
  ["a time is a text", { scheme: "standard" }, standard({ "webhook-timestamp": "now" }), noTime],
  ["a time ends in a text", { scheme: "standard" }, standard({ "webhook-timestamp": `${time}s` }), noTime],
  [
    "a time begins with a text",
    { scheme: "standard" },
    standard({ "webhook-timestamp": `+${time}` }),
    noTime,
  ],
  [
    "a time has more digits than any time has",
    { scheme: "standard" },
    standard({ "webhook-timestamp": `${time}000` }),
    noTime,
  ],
  ["a signature is no base64", { scheme: "standard" }, standard({ "webhook-signature": "v1,?" }), noFit],
  [
    "a signature is a digit short",
    { scheme: "standard" },
    standard({ "webhook-signature": "v1,qqqqq" }),
    noFit,
  ],
  [
    "a time is old",
    { scheme: "standard", tolerance_seconds: 60 },
    standard({ "webhook-timestamp": "1699999939" }),
    "the signed time is 61 s away from now; at most 60 s are taken",
  ],
  ["Stripe's header is missing", { scheme: "stripe" }, {}, "the header Stripe-Signature is missing"],
  ["Stripe's time is missing", { scheme: "stripe" }, stripe(`v1=${hex}`), noTime],
  ["Stripe's time is old", { scheme: "stripe", tolerance_seconds: 1 }, stripe(`t=1,v1=${hex}`), timeOff(1)],
  ["Stripe's signature is no hex", { scheme: "stripe" }, stripe(`t=${time},v1=zz,v1`), noFit],
  ["Stripe's signature is of another version", { scheme: "stripe" }, stripe(`t=${time},v0=${hex}`), noFit],
  ["Slack's time is missing", { scheme: "slack" }, { "x-slack-signature": `v0=${hex}` }, slackMissing],
  ["Slack's signature is missing", { scheme: "slack" }, { "x-slack-request-timestamp": time }, slackMissing],
  ["Slack's signature is v1", { scheme: "slack" }, slack({ "x-slack-signature": `v1=${hex}` }), slackMissing],
  [
    "Slack's signature is no hex",
    { scheme: "slack" },
    slack({ "x-slack-signature": "v0=zz" }),
    "X-Slack-Signature is not hex",
  ],
  [
    "Slack's time is old",
    { scheme: "slack", tolerance_seconds: 1 },
    slack({ "x-slack-request-timestamp": "1" }),
    timeOff(1),
  ],
  [
    "Floom's signature and token are missing",
    { scheme: "floom" },
    {},
    "neither X-Floom-Signature nor ?token= is there",
  ],
  [
    "Floom's signature has another beginning",
    { scheme: "floom" },
    { "x-workeros-signature": hex },
    "X-Floom-Signature does not begin with sha256=",
  ],
  [
    "Floom's signature is no hex",
    { scheme: "floom" },
    { "x-floom-signature": "sha256=zz" },
    "X-Floom-Signature is not hex",
  ],
  [
    "Floom's signature is not this body's",
    { scheme: "floom" },
    { "x-floom-signature": `sha256=${hex}` },
    noFit,
  ],
])("the owner reads why a delivery was not let in: %s", async (_, scheme, headers, reason) => {
  expect(await reasonFor(scheme, headers)).toBe(reason);
});

function timeOff(second: number): string {
  return `the signed time is ${1_700_000_000 - second} s away from now; at most 1 s are taken`;
}

it("Floom's token must be one of the worker's", async () => {
  const reason = await reasonFor({ scheme: "floom" }, {}, { query: { token: "bad" } });
  expect(reason).toBe("the token is not this worker's");
});

it("an empty secret lets nobody in, whatever was signed with it", async () => {
  expect(await reasonFor(hmac, { "x-sig": `mac=${hex}` }, { secrets: [""] })).toBe(noFit);
});

it("a space after a comma in Stripe's header is allowed", async () => {
  expect(await reasonFor({ scheme: "stripe" }, stripe(`v1=${hex}, t=${time}`))).toBe(noFit);
});

it("whatever a delivery lacks, two keys are tried over its whole body, so that nothing is learned from the time it takes", async () => {
  verifies("webhooks:refusal:same-work");
  const sign = vi.spyOn(crypto.subtle, "sign");
  const body = new TextEncoder().encode('{"a":1}');
  const work = async (scheme: object, headers: Record<string, string>, secrets: string[]) => {
    sign.mockClear();
    const options = { secrets, urlTokens: [], nowMs };
    await verifySignature(signatureSchema.parse(scheme), { headers, query: {}, body }, options);
    return sign.mock.calls.map(([, key, data]) => [Reflect.get(key.algorithm, "hash"), data.byteLength]);
  };
  const twice = Array.from({ length: 2 }, () => [{ name: "SHA-256" }, body.byteLength]);
  for (const secrets of [[], ["one"], ["one", "two"]]) {
    expect(await work(hmac, {}, secrets)).toEqual(twice);
    expect(await work({ scheme: "standard" }, {}, secrets)).toEqual(twice);
    expect(await work({ scheme: "floom" }, {}, secrets)).toEqual(twice);
    expect(await work({ scheme: "none" }, {}, secrets)).toEqual(twice);
    expect(await work(hmac, { "x-sig": `mac=${hex}` }, secrets)).toEqual(twice);
  }
});
