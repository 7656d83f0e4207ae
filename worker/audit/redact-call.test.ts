import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { isSecretName, redactCall } from "./redact-call.ts";

const secret = "hunter2-and-more";

it.each([
  ["a name", { password: secret }],
  ["an upper-case name", { API_KEY: secret, AUTHORIZATION: secret }],
  ["camel case", { accessToken: secret, clientSecret: secret }],
  ["dashes", { "X-API-Key": secret }],
  ["any depth", { a: [{ b: { c: { client_secret: { deep: [secret] } } } }] }],
  ["a header as a pair", { headers: [{ name: "Authorization", value: secret }] }],
  ["a header as key and value", [{ key: "x-auth-token", value: secret }]],
  ["a query parameter", { url: `https://a.example/x?q=1&secret=${secret}&page=2` }],
  ["an upper-case query parameter", { url: `https://a.example/x?SECRET=${secret}` }],
  ["two parameters beside each other", `https://a.example/?token=${secret}&password=${secret}2`],
  ["a fragment", `https://a.example/#access_token=${secret}`],
  ["userinfo", `postgres://ada:${secret}@db.example:5432/x`],
  ["a password with @ in it", `https://ada:p@${secret}@db.example/`],
  ["JSON within a text", { body: `{"user":"ada","password":"${secret}"}` }],
  ["a header within a text", `curl -H "X-Api-Key: ${secret}" https://a.example`],
  ["a form", `user=ada&client_secret=${secret}`],
  ["elsewhere, found by its name", { token: secret, note: `it is ${secret}`, [secret]: 1 }],
])("hides a secret by %s", (_, value) => {
  verifies("audit:calls:no-secret");
  expect(JSON.stringify(redactCall(value))).not.toContain(secret);
});

it.each([
  "sk-proj-0123456789abcdefghij",
  "sk-ant-api03-0123456789-abcdef_ghij",
  "sk-0123456789abcdefghij",
  "sk_live_0123456789abcdefghij",
  "flm_pat_0123456789abcdef_ABCDEF",
  "ghp_0123456789abcdefghij0123",
  "glpat-0123456789abcdefghij",
  "xoxb-1234-abcd",
  "AKIA0123456789ABCDEF",
  "eyJhbGciOi.eyJzdWIi.c2ln",
  "Bearer abcdefghijklm",
])("masks what looks like a credential: %s", (text) => {
  verifies("audit:calls:no-secret");
  expect(JSON.stringify(redactCall({ query: `use ${text} here` }))).not.toContain(text);
});

it("masks known values wherever they stand, in base64 too", () => {
  verifies("audit:calls:no-secret");
  const value = { path: `/u/${secret}/x`, list: [btoa(secret)], [secret]: true, deep: { deeper: secret } };
  const text = JSON.stringify(redactCall(value, [secret]));
  expect(text).not.toContain(secret);
  expect(text).not.toContain(btoa(secret));
});

it("leaves whole what is no secret", () => {
  verifies("audit:calls:no-secret");
  const value = {
    max_tokens: 4096,
    maxOutputTokens: 100,
    monkey: "george",
    keyboard: "qwerty",
    primary_key: "id",
    sort_key: "name",
    token_count: 12,
    secret_name: "STRIPE_KEY",
    tokenizer: "bpe",
    author: "ada",
    pinned: true,
    authenticated: true,
    url: "https://a.example/search?q=monkey&page=2&max_tokens=9",
    note: "The keys are under the mat: mind the step.",
    list: Array.from({ length: 50 }, (_, index) => index),
    text: "x".repeat(5000),
  };
  expect(redactCall(value)).toEqual(value);
});

it.each([
  ["max_tokens", false],
  ["monkey", false],
  ["tokens", true],
  ["access_tokens", true],
  ["key", true],
  ["KEY", true],
  ["api.key", true],
  ["APIKey", true],
  ["public_key", false],
  ["idempotency_key", false],
  ["token_id", false],
  ["passwd", true],
  ["", false],
])("judges the name %j", (name, isSecret) => {
  expect(isSecretName(name)).toBe(isSecret);
});

it("comes to an end with whatever it is given", () => {
  let deep: unknown = secret;
  for (let level = 0; level < 5000; level += 1) deep = [{ a: deep }];
  expect(JSON.stringify(redactCall(deep))).not.toContain(secret);
  expect(redactCall(undefined)).toBeNull();
  expect(redactCall({ url: `https://${"a:".repeat(5000)}@x` })).toBeDefined();
});
