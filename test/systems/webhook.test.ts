import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import type { DeliveryReceipt } from "#contract/hooks/delivery";
import { routes } from "#contract/routes";
import { packFolder } from "../examples/example-folders.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

const folder = resolve(import.meta.dirname, "..", "..", "workers-examples", "github-webhook");
const worker = "github-webhook";

let floom: FloomInstance;
let client: FloomClient;
let hook: { id: string; secret: string };
let event: Record<string, unknown>;
let payload: string;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  client = connect(floom);
  const headers = { "content-type": "application/zip" };
  await client.call(routes.putWorkerBundle, { params: { worker }, body: await packFolder(folder), headers });
  const rotated = await client.call(routes.rotateWorkerSecret, { params: { worker }, json: {} });
  hook = { id: rotated.trigger_id, secret: rotated.secret };
  const example = JSON.parse(await readFile(join(folder, "example.json"), "utf8")) as {
    inputs: { event: Record<string, unknown> };
  };
  event = example.inputs.event;
  payload = JSON.stringify(event);
});

afterAll(() => floom.stop());

/** As GitHub would, each delivery with an event of its own; undefined when nobody answered. */
async function deliver(id: string): Promise<DeliveryReceipt | undefined> {
  const body = JSON.stringify({ ...event, after: id });
  const signature = createHmac("sha256", hook.secret).update(body).digest("hex");
  const response = await fetch(new URL(`/hooks/${hook.id}`, floom.url), {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      "x-github-event": "push",
      "x-github-delivery": id,
      "x-hub-signature-256": `sha256=${signature}`,
    },
  }).catch(() => undefined);
  if (response?.status !== 202) return undefined;
  return deliveryReceiptSchema.parse(await response.json());
}

/** As every sender does: the same delivery again until somebody answers. */
async function deliverUntilTaken(id: string): Promise<DeliveryReceipt> {
  for (;;) {
    const receipt = await deliver(id);
    if (receipt) return receipt;
    await sleep(100);
  }
}

test("a delivery becomes a run that finds payload, headers and raw body", async () => {
  verifies("webhooks:event:file");
  const { run_id } = await deliverUntilTaken("first");
  const run = await waitForEnd(client, run_id ?? "");
  expect(run).toMatchObject({
    status: "completed",
    trigger_source: "webhook",
    outputs: { summary: "ada pushed 2 commits to main of octo/hello", event_type: "push" },
  });
});

test("kill -9 right after the first 202 loses no accepted delivery, and sending all again doubles none", async () => {
  verifies("webhooks:durable:before-2xx");
  const ids = Array.from({ length: 12 }, (_, index) => `crash-${index}`);
  const { promise: firstTaken, resolve: taken } = Promise.withResolvers<void>();
  const { edge } = floom.pids();
  const sent = ids.map(async (id) => {
    const receipt = await deliver(id);
    if (receipt) taken();
    return receipt;
  });
  await firstTaken;
  floom.killEdge();
  const answers = await Promise.all(sent);
  expect(answers.some((receipt) => receipt !== undefined)).toBe(true);
  await floom.waitUntilBack({ edge });

  const again = await Promise.all(ids.map(deliverUntilTaken));
  again.forEach((receipt, index) => {
    const before = answers[index];
    if (before) expect(receipt).toEqual({ ...before, duplicate: true });
  });
  const runIds = again.map(({ run_id }) => run_id ?? "");
  expect(new Set(runIds).size).toBe(ids.length);
  const ended = await Promise.all(runIds.map((id) => waitForEnd(client, id)));
  expect(ended.every(({ status }) => status === "completed")).toBe(true);
  const { runs } = await client.call(routes.listRuns, { query: { worker_id: worker } });
  expect(runs.filter(({ trigger_source }) => trigger_source === "webhook")).toHaveLength(ids.length + 1);
});

test("with `wait` the sender is answered the run's outputs", async () => {
  verifies("webhooks:reply:wait");
  const made = await client.call(routes.createTrigger, {
    params: { worker },
    json: {
      type: "webhook",
      webhook: {
        signature: { scheme: "none" },
        methods: ["POST"],
        allow_ips: [],
        same_body_seconds: 0,
        reply: {
          mode: "wait",
          seconds: 25,
        },
      },
    },
  });
  const address = new URL(`/hooks/${made.id}`, floom.url);
  const response = await fetch(address, { method: "POST", body: payload });
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    status: "completed",
    outputs: { summary: "ada pushed 2 commits to main of octo/hello" },
  });
});
