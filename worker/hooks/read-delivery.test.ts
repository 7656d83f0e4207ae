import { expect, it } from "vitest";
import type { Field } from "#contract/manifest/manifest";
import type { Signature } from "#contract/hooks/webhook";
import { limits } from "#contract/limits";
import {
  answerHandshake,
  buildEventFile,
  findExternalId,
  parseBody,
  publicHeaders,
  readBody,
  takeInputs,
  takeUndeclared,
} from "./read-delivery.ts";
import type { IncomingDelivery } from "./read-delivery.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const delivery = (change: Partial<IncomingDelivery> = {}): IncomingDelivery => ({
  headers: {},
  query: {},
  body: bytes("{}"),
  method: "POST",
  content_type: null,
  ip: null,
  ...change,
});
const field = (name: string, type: string): Field => ({
  name,
  kind: "scalar",
  type,
  label: name,
  required: false,
});

it.each<[Signature["scheme"], Record<string, string>, string, string | null]>([
  ["standard", { "webhook-id": "msg_1", "idempotency-key": "k" }, "{}", "msg_1"],
  ["github", { "x-github-delivery": "72d3" }, "{}", "72d3"],
  ["shopify", { "x-shopify-webhook-id": "b54" }, "{}", "b54"],
  ["stripe", { "webhook-id": "no" }, '{"id":"evt_1"}', "evt_1"],
  ["slack", {}, '{"event_id":"Ev1"}', "Ev1"],
  ["slack", {}, "token=form", null],
  ["hmac", { "idempotency-key": "k" }, "{}", "k"],
  ["floom", { "x-floom-delivery": "d" }, "{}", "d"],
  ["none", { "x-request-id": "r" }, "{}", null],
])("the id of a %s delivery with %j and %s is %s", (scheme, headers, body, expected) => {
  expect(findExternalId(scheme, delivery({ headers }), parseBody(bytes(body)))).toBe(expected);
});

it("only declared members are taken, over the saved ones; `event` gets everything only as JSON", () => {
  const saved = { a: 1, b: 2 };
  const body = { b: 3, c: 4, event: { inner: true } };
  const declared = [field("a", "number"), field("b", "number")];
  expect(takeInputs(declared, saved, body)).toEqual({ a: 1, b: 3 });
  expect(takeInputs([...declared, field("event", "json")], saved, body)["event"]).toEqual(body);
  expect(takeInputs([...declared, field("event", "object")], saved, body)["event"]).toEqual(body);
  expect(takeInputs([field("event", "text")], {}, { event: "push" })).toEqual({ event: "push" });
  expect(takeInputs(declared, saved, [1, 2])).toEqual(saved);
  expect(takeInputs(declared, saved, undefined)).toEqual(saved);
});

it("bytes that are no text reach the script as base64, text as it came", () => {
  const binary = JSON.parse(buildEventFile("1", delivery({ body: new Uint8Array([0, 255, 254]) }))) as object;
  expect(binary).toMatchObject({ id: "1", body_base64: "AP/+" });
  expect(binary).not.toHaveProperty("body");
  const text = JSON.parse(buildEventFile("1", delivery({ body: bytes("\uFEFF<ü>") }))) as object;
  expect(text).toMatchObject({ body: "\uFEFF<ü>" });
});

it("no credential is kept, and no endless header", () => {
  const kept = publicHeaders({
    authorization: "x",
    cookie: "x",
    "x-api-key": "x",
    "proxy-authorization": "x",
    "x-floom-token": "x",
    accept: "*/*",
    long: "y".repeat(5e3),
  });
  expect(kept).toEqual({ accept: "*/*", long: "y".repeat(2048) });
});

it("GitHub's ping and Slack's challenge are answered, an ordinary event is not", () => {
  const ping = delivery({ headers: { "x-github-event": "ping" } });
  expect(answerHandshake("github", ping, {})?.answer).toEqual({ pong: "ok" });
  expect(answerHandshake("github", delivery({ headers: { "x-github-event": "push" } }), {})).toBeNull();
  expect(answerHandshake("standard", ping, { type: "url_verification", challenge: "c" })).toBeNull();
  expect(answerHandshake("slack", delivery(), { type: "url_verification", challenge: "c" })?.answer).toEqual({
    challenge: "c",
  });
});

it("what no input can hold as it was sent is taken so that nothing is changed in silence", () => {
  const read = readBody(
    bytes('{"id": 820982911946154508, "n": [1, 1e400], "a": 1, "a": 2, "__proto__": {"x": 1}}'),
  );
  expect(read.json).toEqual({ id: "820982911946154508", n: [1, "1e400"], a: 2 });
  expect(read.note).toContain("/id is 820982911946154508, a whole number beyond 2^53");
  expect(readBody(bytes('\uFEFF{"text": "cut \\ud83d"}'))).toEqual({
    json: { text: "cut \ufffd" },
    note: null,
  });
  expect(readBody(bytes('"hi"'))).toEqual({ json: "hi", note: null });
  for (const other of ["a=b", "", '{"a": NaN}']) expect(readBody(bytes(other)).json).toBeUndefined();
  const deep = readBody(bytes("[".repeat(600) + "]".repeat(600)));
  expect(deep.json).toBeUndefined();
  expect(deep.note).toContain("deep");
});

it("members that nobody declared are taken too, as long as all inputs together are not too large", () => {
  const body = { a: 1, b: { c: [2] } };
  expect(takeUndeclared([field("a", "number")], { a: 1 }, body)).toEqual({ b: { c: [2] } });
  expect(takeUndeclared([], {}, [1])).toEqual({});
  expect(takeUndeclared([field("event", "json")], {}, body)).toEqual({});
  expect(takeUndeclared([], {}, { big: "x".repeat(limits.inputs_bytes.value) })).toEqual({});
});
