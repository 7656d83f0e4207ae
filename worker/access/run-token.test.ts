import fc from "fast-check";
import { expect, it } from "vitest";
import { runIdSchema, workspaceIdSchema } from "#contract/ids";
import { toBase64Url } from "../platform/bytes.ts";
import { hmacSha256Hex } from "../platform/crypto.ts";
import { newId } from "../platform/ids.ts";
import { verifies } from "../../test/verifies.ts";
import { mintRunToken, verifyRunToken } from "./run-token.ts";

const signingKey = "a signing key of at least 32 characters";
const run = { run_id: newId("run", 1), workspace_id: newId("wsp", 1), attempt: 2, until: 5000 };
const now = 4999;

/** A token as somebody with the key would make it, whatever its claims are. */
async function forge(claims: unknown, key = signingKey): Promise<string> {
  const payload = toBase64Url(new TextEncoder().encode(JSON.stringify(claims)));
  return `wrt_${payload}.${await hmacSha256Hex(key, `run-token:${payload}`)}`;
}

it("a run token stands for its run, in its workspace, with no scope", async () => {
  const token = await mintRunToken(signingKey, run);
  expect(token).toMatch(/^wrt_[\w-]+\.[0-9a-f]{64}$/);
  expect(await verifyRunToken(signingKey, token, now)).toEqual({
    kind: "run",
    id: runIdSchema.parse(run.run_id),
    workspace_id: workspaceIdSchema.parse(run.workspace_id),
    attempt: 2,
    scopes: [],
  });
});

it("a token that says more than this edge knows is still good for what it knows", async () => {
  const token = await forge({
    run: run.run_id,
    workspace: run.workspace_id,
    attempt: 3,
    until: 5000,
    more: 99,
  });
  expect(await verifyRunToken(signingKey, token, now)).toMatchObject({ id: run.run_id });
});

it("a token is good for no longer than it says, and one that says no end or no attempt is none", async () => {
  verifies("access:run-token:one-attempt");
  const token = await mintRunToken(signingKey, run);
  expect(await verifyRunToken(signingKey, token, 5000)).toBeNull();
  const claims = { run: run.run_id, workspace: run.workspace_id };
  for (const more of [{}, { attempt: 1 }, { until: 5000 }, { attempt: 0, until: 5000 }])
    expect(await verifyRunToken(signingKey, await forge({ ...claims, ...more }), now)).toBeNull();
});

it("no token that was changed anywhere, or made with another key, stands for anybody", async () => {
  verifies("access:run-token:not-forged");
  const token = await mintRunToken(signingKey, run);
  const character = fc.constantFrom(..."abcXYZ019-_.=+/ \u0000é");
  await fc.assert(
    fc.asyncProperty(fc.nat(token.length - 1), character, async (at, other) => {
      fc.pre(token[at] !== other);
      const changed = token.slice(0, at) + other + token.slice(at + 1);
      expect(await verifyRunToken(signingKey, changed, now)).toBeNull();
    }),
    { seed: 7, numRuns: 500 },
  );
  expect(await verifyRunToken(signingKey, await forge({ run: run.run_id }, "another key"), now)).toBeNull();
});

it("what is no run token at all stands for nobody", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string(),
        fc.string().map((text) => `wrt_${text}`),
      ),
      async (text) => {
        expect(await verifyRunToken(signingKey, text, now)).toBeNull();
      },
    ),
    { seed: 7, numRuns: 300 },
  );
});

it("claims that cannot be read stand for nobody, though they were signed", async () => {
  for (const payload of ["not+base64url", "abcde", toBase64Url(new TextEncoder().encode("{"))]) {
    const token = `wrt_${payload}.${await hmacSha256Hex(signingKey, `run-token:${payload}`)}`;
    expect(await verifyRunToken(signingKey, token, now)).toBeNull();
  }
});

it("claims that name no run or no workspace stand for nobody, though they were signed", async () => {
  const { run_id, workspace_id } = run;
  const wrong = [
    null,
    [],
    "text",
    {},
    { run: run_id },
    { workspace: workspace_id },
    { run: "run_x", workspace: workspace_id },
    { run: workspace_id, workspace: run_id },
  ];
  for (const claims of wrong) expect(await verifyRunToken(signingKey, await forge(claims), now)).toBeNull();
});
