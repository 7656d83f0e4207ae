import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alertMessageSchema } from "#contract/alerts/alert";
import { ApiProblem } from "#contract/client";
import { routes } from "#contract/routes";
import { answering } from "../support/http/answering.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

interface Post {
  headers: IncomingHttpHeaders;
  body: string;
}

const manifest = `schema_version: "0.3"
name: moody
title: Moody
description: Fails when it is told to.
version: 0.1.0
exec:
  entry: run.py
  runtime: python311
  command: python run.py
  inputs:
    - name: fail
      type: boolean
      required: true
notify:
  email_to: [team@example.com]
  on: [failed]
  email_subject: "{worker_name} has {status}"
`;
const script = `import json
inputs = json.load(open("inputs.json"))
if inputs["fail"]:
    raise SystemExit("in a mood")
json.dump({"outputs": {}}, open("result.json", "w"))
`;

let floom: FloomInstance;
let client: FloomClient;
let receiver: Server;
let hookUrl: string;
const posts: Post[] = [];
/** Statuses to answer with; afterwards 200. */
const statuses: number[] = [];

beforeAll(async () => {
  receiver = createServer(
    answering(async (request, response) => {
      const body = await text(request);
      posts.push({ headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 200).end("noted");
    }),
  );
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  hookUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
  floom = await startFloom({ seed: false, env: { FLOOM_ALERTS_LOOPBACK: "1" } });
  client = connect(floom);
  await client.call(routes.createWorker, { json: { worker_yml: manifest, run_py: script } });
});

afterAll(async () => {
  await floom.stop();
  receiver.closeAllConnections();
  receiver.close();
});

it("a failed run is posted, signed, tried again across a crash of the edge, and mailed by the manifest", async () => {
  verifies("alerts:e2e:receiver-gets-it", "alerts:delivery:at-least-once");
  const params = { worker: "moody" };
  const { id, secret } = await client.call(routes.createAlert, { params, json: { url: hookUrl } });
  statuses.push(500);
  const good = await startRun(client, "moody", { fail: false });
  const bad = await startRun(client, "moody", { fail: true });
  expect((await waitForEnd(client, good.id)).status).toBe("completed");
  expect((await waitForEnd(client, bad.id)).status).toBe("failed");
  await expect.poll(() => posts.length).toBe(1);
  const before = floom.pids();
  floom.killEdge();
  await floom.waitUntilBack({ edge: before.edge });
  await expect.poll(() => posts.length).toBeGreaterThanOrEqual(2);

  const [first, second] = posts;
  expect(second?.body).toBe(first?.body);
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  for (const post of posts) expect(verifyPost(post, secret)).toBe(true);
  const message = alertMessageSchema.parse(JSON.parse(first?.body ?? ""));
  expect(message).toMatchObject({
    type: "run.failed",
    data: { run: { id: bad.id, status: "failed" }, failure: { kind: "worker" } },
  });

  const alert = { ...params, alert: id };
  await expect
    .poll(async () => {
      const deliveries = await client.call(routes.listAlertDeliveries, { params: alert });
      return deliveries.map(({ status }) => status);
    })
    .toEqual(["delivered"]);
  const outbox = () => client.call(routes.listOutbox);
  const addressed = async () => (await outbox()).map(({ to, subject }) => [to, subject]);
  await expect.poll(addressed).toEqual([[["team@example.com"], "Moody has failed"]]);
  const mails = await outbox();
  expect(mails[0]?.text).toContain(`${floom.url}/runs/${bad.id}`);
});

it("a test says what the receiver answered, and loopback is all of the private network that is allowed", async () => {
  verifies("alerts:address:private-never-dialled");
  const params = { worker: "moody" };
  const { id } = await client.call(routes.createAlert, { params, json: { url: hookUrl } });
  statuses.push(410);
  const [delivery] = await client.call(routes.testAlert, { params: { ...params, alert: id } });
  expect(delivery?.attempts).toMatchObject([{ status_code: 410, response_sample: "noted" }]);
  expect(await client.call(routes.getAlert, { params: { ...params, alert: id } })).toMatchObject({
    enabled: false,
  });
  const metadata = { url: "http://169.254.169.254/latest/meta-data/" };
  await expect(client.call(routes.createAlert, { params, json: metadata })).rejects.toThrow(ApiProblem);
});

/** As a receiver checks it, by the specification of Standard Webhooks. */
function verifyPost({ headers, body }: Post, secret: string): boolean {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const content = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(content).digest("base64")}`;
}
