import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "#contract/routes";
import type { Inputs, RunDetail } from "#contract/runs/run";
import { answering } from "../support/http/answering.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

interface Arrived {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const SECRET = "sh0p-t0ken-0123456789abcdef";
const arrived: Arrived[] = [];
let shop: Server;
let floom: FloomInstance;
let client: FloomClient;

const manifestOf = (origin: string) => `schema_version: "0.3"
name: shop
title: Shop
version: 0.1.0
exec: {mode: http}
variables: {base_url: "${origin}/api"}
exposes:
  - name: find-order
    description: One order.
    parameters: {order: {type: string, description: Its number.}}
  - name: pay
    description: Pays an order.
    access: write
    parameters:
      order: {type: string}
      amount: {type: number}
http_bridge:
  - tool_name: find-order
    url: "{{base_url}}/orders/{{order}}"
    headers: {Authorization: "Bearer {{secret:SHOP_TOKEN}}"}
    response_path: data
  - tool_name: pay
    method: POST
    url: "{{base_url}}/orders/{{order}}/payments"
    headers: {Authorization: "Bearer {{secret:SHOP_TOKEN}}"}
    body_template: {amount: "{{amount}}"}
escalation_rules:
  - {name: large, reason: More than a hundred., tool: pay, param_gt: {amount: 100}}
`;

beforeAll(async () => {
  shop = createServer(
    answering(async (request, response) => {
      const body = await text(request);
      arrived.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
      const echo = { data: { state: "open", auth: request.headers.authorization } };
      response.setHeader("Content-Type", "application/json").end(JSON.stringify(echo));
    }),
  );
  shop.listen(0, "127.0.0.1");
  await once(shop, "listening");
  floom = await startFloom({ seed: false, env: { FLOOM_ALERTS_LOOPBACK: "1" } });
  client = connect(floom);
  const origin = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
  await client.call(routes.createWorker, { json: { worker_yml: manifestOf(origin) } });
  await client.call(routes.setSecret, { params: { secret: "SHOP_TOKEN" }, json: { value: SECRET } });
});

afterAll(async () => {
  await floom.stop();
  shop.closeAllConnections();
  shop.close();
});

const start = (action: string, inputs: Inputs): Promise<RunDetail> =>
  client.call(routes.startAction, { params: { worker: "shop", action }, json: { inputs } });

async function held(run: string): Promise<RunDetail> {
  const read = () => client.call(routes.getRun, { params: { run } });
  await expect.poll(async () => (await read()).status).toBe("pending_approval");
  return read();
}

it("a call goes through queue, gate and record to the service, without a sandbox, and shows no secret", async () => {
  verifies("http-tools:e2e:read");
  const { id } = await start("find-order", { order: "7/../8" });
  const refused = await waitForEnd(client, id);
  expect(refused).toMatchObject({ status: "failed", failure: { code: "arguments_invalid" } });
  expect(arrived).toEqual([]);
  const run = await waitForEnd(client, (await start("find-order", { order: "7/8" })).id);
  expect(run).toMatchObject({ status: "completed", outputs: { result: { state: "open" } } });
  expect(arrived).toMatchObject([
    { method: "GET", url: "/api/orders/7%2F8", headers: { authorization: `Bearer ${SECRET}` } },
  ]);
  expect(JSON.stringify(run)).not.toContain(SECRET);
});

it("a call that a rule holds arrives once, and exactly as it was shown, when a person has approved it", async () => {
  verifies("http-tools:e2e:held");
  arrived.length = 0;
  const small = await waitForEnd(client, (await start("pay", { order: "a", amount: 100 })).id);
  expect(small.status).toBe("completed");
  const run = await held((await start("pay", { order: "b", amount: 101 })).id);
  expect(arrived).toHaveLength(1);
  const approval = run.approval_trail?.id ?? "";
  const shown = JSON.stringify(await client.call(routes.getApproval, { params: { approval } }));
  expect(shown).toContain("/api/orders/b/payments");
  expect(shown).not.toContain(SECRET);
  await client.call(routes.approveApproval, { params: { approval } });
  expect(await waitForEnd(client, run.id)).toMatchObject({
    status: "completed",
    outputs: { result: { data: { state: "open" } } },
  });
  expect(arrived.slice(1)).toMatchObject([
    { method: "POST", url: "/api/orders/b/payments", body: '{"amount":101}' },
  ]);
});

it("a held call survives the edge being killed, and arrives once all the same", async () => {
  verifies("http-tools:e2e:held");
  arrived.length = 0;
  const run = await held((await start("pay", { order: "d", amount: 777 })).id);
  const before = floom.pids();
  floom.killEdge();
  await floom.waitUntilBack({ edge: before.edge });
  expect(arrived).toEqual([]);
  const approval = run.approval_trail?.id ?? "";
  await client.call(routes.approveApproval, { params: { approval } });
  expect((await waitForEnd(client, run.id)).status).toBe("completed");
  expect(arrived.map(({ url }) => url)).toEqual(["/api/orders/d/payments"]);
});

it("a call that a person has rejected never arrives, and its run says why", async () => {
  verifies("http-tools:e2e:held");
  arrived.length = 0;
  const run = await held((await start("pay", { order: "c", amount: 5000 })).id);
  const approval = run.approval_trail?.id ?? "";
  await client.call(routes.rejectApproval, { params: { approval }, json: { reason: "too much" } });
  const ended = await waitForEnd(client, run.id);
  expect(ended.status).toBe("failed");
  expect(ended.failure?.message).toContain("too much");
  expect(arrived).toEqual([]);
});

it("does not start without its secret, and nothing arrives", async () => {
  verifies("http-tools:secrets:fail-closed");
  arrived.length = 0;
  await client.call(routes.deleteSecret, { params: { secret: "SHOP_TOKEN" } });
  await expect(start("find-order", { order: "7" })).rejects.toMatchObject({
    problem: { code: "missing_secrets" },
  });
  expect(arrived).toEqual([]);
});
