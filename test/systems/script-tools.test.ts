import { once } from "node:events";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { answering } from "../support/http/answering.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

const KEY = "sh0p-key-0123456789abcdef";
const arrived: { method: string; url: string; auth: string | undefined; body: string }[] = [];
let shop: Server;
let floom: FloomInstance;
let client: FloomClient;

const manifestOf = (name: string, entry: string) => `schema_version: "0.3"
name: ${name}
title: ${name}
version: 0.1.0
exec: {entry: ${entry}}
connections: [{mcp: shop}]
limits: {timeout_seconds: 60}
escalation_rules:
  - {name: sends, reason: It changes the shop., tool: shop__send, param_contains: {path: orders}}
`;

const python = `
import floom, json, os
shop = floom.connections.shop
print("found", shop.execute("get", {"path": "/orders/7"})["status"])
print("secrets", json.load(open("secrets.json")), "key" in str(os.environ).lower() and "sh0p" in str(os.environ))
try:
    shop.execute("none")
except floom.ConnectionFailed as error:
    print("refused", error.code)
try:
    answer = shop.execute("send", {"method": "POST", "path": "/orders", "body": {"n": 1}})
    print("sent", answer["status"])
except floom.ConnectionFailed as error:
    print("not sent", error.code, error)
`;
const javascript = `
import { connections } from "floom";
const { status } = await connections.shop.execute("get", { path: "/orders/8" });
console.log("found", status);
`;

beforeAll(async () => {
  shop = createServer(
    answering(async (request, response) => {
      const body = await text(request);
      const { method = "", url = "", headers } = request;
      arrived.push({ method, url, auth: headers.authorization, body });
      response.setHeader("Content-Type", "application/json").end(JSON.stringify({ state: "open" }));
    }),
  );
  shop.listen(0, "127.0.0.1");
  await once(shop, "listening");
  floom = await startFloom({ seed: false, env: { FLOOM_ALERTS_LOOPBACK: "1" } });
  client = connect(floom);
  const base_url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}/v1`;
  await client.call(routes.setSecret, { params: { secret: "SHOP_KEY" }, json: { value: KEY } });
  await client.call(routes.createConnection, {
    json: { kind: "http", name: "shop", http: { base_url, secret: "SHOP_KEY" } },
  });
  await client.call(routes.testConnection, { params: { connection: "shop" } });
  const push = (name: string, entry: string, code: object) =>
    client.call(routes.createWorker, { json: { worker_yml: manifestOf(name, entry), ...code } });
  await push("by-python", "run.py", { run_py: python });
  await push("by-javascript", "run.mjs", { files: [{ path: "run.mjs", content: javascript }] });
});

afterAll(async () => {
  await floom.stop();
  shop.closeAllConnections();
  shop.close();
});

async function linesOf(run: RunDetail): Promise<string[]> {
  const { logs } = await client.call(routes.getRunLogs, { params: { run: run.id } });
  return logs.filter(({ level }) => level === "info").map(({ message }) => message);
}

async function startHeld(): Promise<{ id: string; approval: string }> {
  arrived.length = 0;
  const { id } = await client.call(routes.startRun, {
    params: { worker: "by-python" },
    json: { inputs: {} },
  });
  const read = () => client.call(routes.getRun, { params: { run: id } });
  await expect.poll(async () => (await read()).status).toBe("pending_approval");
  return { id, approval: (await read()).approval_trail?.id ?? "" };
}

it("a script reads at once, is held before it changes anything, and goes on in place when a person has agreed", async () => {
  verifies("script-tools:e2e:held");
  const { id, approval } = await startHeld();
  expect(arrived).toMatchObject([{ method: "GET", url: "/v1/orders/7", auth: `Bearer ${KEY}` }]);
  const shown = JSON.stringify(await client.call(routes.getApproval, { params: { approval } }));
  expect(shown).toContain("/v1/orders");
  expect(shown).not.toContain(KEY);
  await client.call(routes.approveApproval, { params: { approval } });
  const run = await waitForEnd(client, id);
  expect(run).toMatchObject({ status: "completed", attempt: 1 });
  expect(await linesOf(run)).toEqual(["found 200", "secrets {} False", "refused tool_unknown", "sent 200"]);
  expect(arrived.slice(1)).toMatchObject([{ method: "POST", url: "/v1/orders", body: '{"n":1}' }]);
  const { tool_calls: calls } = await client.call(routes.listToolCalls, { params: { run: id } });
  expect(calls.map(({ tool, status }) => `${tool} ${status}`)).toEqual([
    "shop__get answered",
    "unknown:shop/none denied",
    "shop__send answered",
  ]);
  expect(JSON.stringify([run, calls])).not.toContain(KEY);
});

it("a script hears that a person has rejected its call, which never arrives", async () => {
  verifies("script-tools:e2e:held");
  const { id, approval } = await startHeld();
  await client.call(routes.rejectApproval, { params: { approval }, json: { reason: "Not today." } });
  const run = await waitForEnd(client, id);
  expect((await linesOf(run)).at(-1)).toMatch(/^not sent rejected .*Not today\./);
  expect(arrived).toHaveLength(1);
});

it("a call that is held survives the edge being killed, and arrives once", async () => {
  verifies("script-tools:e2e:held");
  const { id, approval } = await startHeld();
  const before = floom.pids();
  floom.killEdge();
  await floom.waitUntilBack({ edge: before.edge });
  await client.call(routes.approveApproval, { params: { approval } });
  const run = await waitForEnd(client, id);
  expect((await linesOf(run)).at(-1)).toBe("sent 200");
  expect(arrived.filter(({ method }) => method === "POST")).toHaveLength(1);
});

it("a script in JavaScript calls the same", async () => {
  verifies("script-tools:library:javascript");
  const { id } = await client.call(routes.startRun, {
    params: { worker: "by-javascript" },
    json: { inputs: {} },
  });
  const run = await waitForEnd(client, id);
  expect(run).toMatchObject({ status: "completed" });
  expect(await linesOf(run)).toEqual(["found 200"]);
});
