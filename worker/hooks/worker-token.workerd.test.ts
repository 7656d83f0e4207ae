import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { rotatedTokenSchema } from "#contract/hooks/delivery";
import type { RotatedToken } from "#contract/hooks/delivery";
import { callApi, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { seedHook, signingKey } from "../../test/support/workerd/hook-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";
import { hmacSha256Hex } from "../platform/crypto.ts";
import { workerToken } from "./hook-secrets.ts";

const floom = { spec: { signature: { scheme: "floom" } } };

async function rotate(worker: string, json: object = {}): Promise<RotatedToken> {
  const answer = await callApi("POST", `/api/workers/${worker}/webhook-token/rotate`, { json });
  expect(answer.status).toBe(200);
  return rotatedTokenSchema.parse(await answer.json());
}

async function post(worker: string, token: string): Promise<number> {
  const body = crypto.randomUUID();
  return (await callApi("POST", `/webhooks/${worker}?token=${token}`, { body, token: "" })).status;
}

it("a worker's token can be rotated: the new one is shown once, the old one is good until its time is over", async () => {
  verifies("webhooks:token:rotation");
  const hook = await seedHook(floom);
  const first = await workerToken(signingKey, hook.workerId);
  const second = await rotate("hooked", { overlap_seconds: 3600 });
  expect(second).toMatchObject({ worker_id: "hooked", token: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(second.url).toBe(`http://floom.test/webhooks/${hook.workerId}?token=${second.token}`);
  expect(Date.parse(second.previous_valid_until ?? "")).toBeGreaterThan(Date.now() + 3_500_000);
  expect([await post("hooked", first), await post("hooked", second.token)]).toEqual([202, 202]);
  const third = await rotate("hooked", { overlap_seconds: 0 });
  expect(third.previous_valid_until).toBeNull();
  expect([await post("hooked", first), await post("hooked", second.token)]).toEqual([404, 404]);
  expect([await post("hooked", third.token), await post(hook.workerId, third.token)]).toEqual([202, 202]);
  const stored = await env.DB.prepare("SELECT hook_token_box AS box FROM workers").first<{ box: string }>();
  expect(stored?.box).not.toContain(third.token);
});

it("a worker that is made again under the same name is not opened by the old one's tokens", async () => {
  verifies("webhooks:token:rotation");
  const old = await seedHook(floom);
  const tokens = [await workerToken(signingKey, old.workerId), (await rotate("hooked")).token];
  // What a name alone gave before: good for whoever has that name.
  tokens.push((await hmacSha256Hex(signingKey, "hooked")).slice(0, 32));
  await env.DB.batch(
    ["triggers", "versions", "workers"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)),
  );
  await seedHook(floom);
  for (const token of tokens) expect(await post("hooked", token)).toBe(404);
});

it("a rotated token lets a waiting run go on, and one that was replaced does not", async () => {
  verifies("webhooks:token:rotation", "webhooks:resume:same-auth");
  const uid = await seedWorker("waiter");
  const resume = async (token: string) => {
    const answer = await callApi("POST", `/webhooks/waiter/resume?token=${token}`, {
      json: { key: "order-1" },
      token: "",
    });
    return ((await answer.json()) as { code: string }).code;
  };
  const { token } = await rotate("waiter", { overlap_seconds: 0 });
  expect(await resume(token)).toBe("not_found");
  expect(await resume(await workerToken(signingKey, uid))).toBe("hook_refused");
});

it("nobody rotates the token of a worker that is not theirs, and of two at once one is told to try again", async () => {
  verifies("webhooks:token:rotation");
  await seedWorker("theirs");
  const path = "/api/workers/theirs/webhook-token/rotate";
  expect((await callApi("POST", path, { token: await strangerToken() })).status).toBe(404);
  const answers = await Promise.all(Array.from({ length: 4 }, () => callApi("POST", path)));
  const shown = await Promise.all(
    answers
      .filter(({ status }) => status === 200)
      .map(async (answer) => (await answer.json()) as RotatedToken),
  );
  expect(shown.length).toBeGreaterThan(0);
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
});

it("under other keys no old secret or token lets in, and both can be rotated", async () => {
  verifies("webhooks:token:rotation", "webhooks:secret:rotation");
  const hook = await seedHook(floom);
  const { token } = await rotate("hooked");
  const edge = openOtherEdge({
    FLOOM_SIGNING_KEY: "another-signing-key-0123456789abcdef",
    FLOOM_MASTER_KEYS: `another:${btoa("\x03".repeat(32))}`,
  });
  const enter = async (given: string) =>
    (await edge.call("POST", `/webhooks/hooked?token=${given}`, { body: "{}", token: "" })).status;
  expect(await enter(token)).toBe(404);
  const rotated = await edge.call("POST", "/api/workers/hooked/webhook-token/rotate", { json: {} });
  expect(await enter(rotatedTokenSchema.parse(await rotated.json()).token)).toBe(202);
  const path = `/api/triggers/${hook.triggerId}/secret/rotate`;
  expect((await edge.call("POST", path, { json: {} })).status).toBe(200);
});
