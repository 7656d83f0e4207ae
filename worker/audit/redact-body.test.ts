import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { redactBody } from "./redact-body.ts";

const secret = "hunter2-and-more";

it("hides what secrets hold by their names, at any depth and in any spelling", () => {
  verifies("audit:events:no-secret");
  const body = {
    value: secret,
    webhook: { signature: { secret, scheme: "hmac" } },
    list: [{ apiKey: secret }, { "X-API-Key": secret }, { deep: { er: { client_secret: secret } } }],
    Authorization: secret,
    password: { nested: { text: secret } },
    accessToken: secret,
    private_key: secret,
  };
  expect(JSON.stringify(redactBody(body))).not.toContain(secret);
});

it("masks the value of a secret wherever else in the body it stands, as a name too", () => {
  verifies("audit:events:no-secret");
  const body = { token: secret, description: `Use ${secret} here`, [secret]: 1, other: [btoa(secret)] };
  const text = JSON.stringify(redactBody(body));
  expect(text).not.toContain(secret);
  expect(text).not.toContain(btoa(secret));
});

it.each([
  "flm_pat_0123456789abcdef_ABCDEF",
  "wrt_eyJydW4.0123abcdef",
  "sk-proj-0123456789abcdefghij",
  "ghp_0123456789abcdefghij0123",
  "xoxb-1234-abcd",
  "AKIA0123456789ABCDEF",
  "eyJhbGciOi.eyJzdWIi.c2ln",
  "Bearer abcdefghijklm",
])("masks what looks like a credential: %s", (text) => {
  verifies("audit:events:no-secret");
  expect(JSON.stringify(redactBody({ description: `It is ${text}.` }))).not.toContain(text);
});

it("keeps of an address its origin, of content its size, and what says what was changed", () => {
  expect(
    redactBody({
      url: "https://user:pass@hooks.example/services/T0/B0/XXXX?sig=1",
      files: [{ path: "run.py", content: "print(1)" }],
      inputs: { anything: "at all" },
      enabled: false,
      retention_days: 30,
      workers: ["hello"],
      description: "x".repeat(200),
    }),
  ).toEqual({
    url: "https://hooks.example",
    files: "(40 characters)",
    inputs: "(21 characters)",
    enabled: false,
    retention_days: 30,
    workers: ["hello"],
    description: "(200 characters)",
  });
});

it("stays small whatever it is given", () => {
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`name${at}`, "y".repeat(100)]));
  const nest = (depth: number): unknown =>
    depth === 0 ? wide : { a: nest(depth - 1), b: [nest(depth - 1)] };
  for (const body of [wide, nest(5), Array.from({ length: 1000 }, () => wide)])
    expect(JSON.stringify(redactBody(body)).length).toBeLessThanOrEqual(4096);
});
