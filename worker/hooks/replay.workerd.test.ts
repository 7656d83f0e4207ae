import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { listDeliveries, seedHook, send } from "../../test/support/workerd/hook-harness.ts";
import type { SeededHook, Sending } from "../../test/support/workerd/hook-harness.ts";
import { verifies } from "../../test/verifies.ts";

async function deliver(hook: SeededHook, body: string, sending: Sending = {}) {
  const response = await send(hook, body, sending);
  expect(response.status).toBe(202);
  return deliveryReceiptSchema.parse(await response.json());
}

function countReceipts(hook: SeededHook): Promise<number> {
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(hook.workerId));
  return runInDurableObject(
    stub,
    (_object, state) => state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM receipts").one().n,
  );
}

const plainSchemes = [
  { scheme: "github" },
  { scheme: "shopify" },
  { scheme: "floom" },
  { scheme: "hmac", header: "X-Sig" },
];

it.each(plainSchemes.map((signature) => [signature.scheme, signature] as const))(
  "a caught %s delivery starts no second run, whatever is changed of what is not signed",
  async (_name, signature) => {
    verifies("webhooks:replay:signed-bytes");
    const hook = await seedHook({ spec: { signature, methods: ["POST", "PUT"] } });
    const first = await deliver(hook, '{"amount":1}', { id: "one" });
    const path = `/hooks/${hook.triggerId}?again=1`;
    const changes: Sending[] = [
      { id: "two" },
      { id: "" },
      { path, id: "three" },
      { method: "PUT", id: "four" },
    ];
    for (const change of changes)
      expect(await deliver(hook, '{"amount":1}', change)).toEqual({ ...first, duplicate: true });

    expect((await deliver(hook, '{"amount":2}', { id: "one" })).run_id).not.toBe(first.run_id);
    const repeats = await listDeliveries(hook, "?verdict=duplicate");
    expect(repeats.map(({ reason }) => reason)).toEqual(
      changes.map(() => expect.stringContaining("same signed body")),
    );
    // One receipt each, as before what is signed was remembered.
    expect(await countReceipts(hook)).toBe(2);
  },
);

it("a caught delivery starts no second run through the worker's own address either", async () => {
  verifies("webhooks:replay:signed-bytes");
  const hook = await seedHook({ spec: { signature: { scheme: "standard" } } });
  const floom = { ...hook, signature: { scheme: "floom" as const } };
  const path = "/webhooks/hooked";
  const first = await deliver(floom, '{"amount":1}', { path, id: "one" });
  const again = { path, id: "two", headers: { "webhook-id": "msg_2" } };
  expect(await deliver(floom, '{"amount":1}', again)).toEqual({ ...first, duplicate: true });
});

it("a sender that signs a time may send equal bodies again, and what was caught of it may not", async () => {
  verifies("webhooks:replay:signed-bytes");
  const hook = await seedHook();
  const [now, later] = [Date.now() - 10_000, Date.now()];
  const first = await deliver(hook, "{}", { id: "one", nowMs: now });
  expect((await deliver(hook, "{}", { id: "two", nowMs: later })).run_id).not.toBe(first.run_id);
  expect(await deliver(hook, "{}", { id: "one", nowMs: now })).toEqual({ ...first, duplicate: true });
});

it("a trigger that says so takes equal bodies under other ids as new, and a repeated id as a repeat", async () => {
  verifies("webhooks:replay:signed-bytes");
  const hook = await seedHook({ spec: { signature: { scheme: "github" }, same_body_seconds: 0 } });
  const first = await deliver(hook, "{}", { id: "one" });
  const second = await deliver(hook, "{}", { id: "two" });
  expect(second.run_id).not.toBe(first.run_id);
  expect(await deliver(hook, "{}", { id: "two" })).toEqual({ ...second, duplicate: true });
});

it("an Idempotency-Key is heard at the worker's own address, whatever its trigger's scheme is", async () => {
  const hook = await seedHook();
  const rotated = await callApi("POST", "/api/workers/hooked/webhook-token/rotate");
  const { token } = (await rotated.json()) as { token: string };
  const post = async (key: string) => {
    const headers = { "idempotency-key": key };
    const path = `/webhooks/${hook.workerId}?token=${token}`;
    const answer = await callApi("POST", path, { headers, body: "{}", token: "" });
    return deliveryReceiptSchema.parse(await answer.json());
  };
  const first = await post("order-1");
  expect(await post("order-1")).toEqual({ ...first, duplicate: true });
  expect((await post("order-2")).run_id).not.toBe(first.run_id);
});
