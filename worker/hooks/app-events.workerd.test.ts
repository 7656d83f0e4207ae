import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import * as z from "zod";
import { runDetailSchema, runPageSchema } from "#contract/runs/run";
import { triggerSchema } from "#contract/triggers/trigger";
import { callApi, ownerWorkspace } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { signSample } from "./sign-sample.ts";

const KEY = "test-app-event-key-0123456789";

async function push(name: string, trigger: string): Promise<void> {
  const worker_yml = `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: "1.0.0"\nexec:\n  entry: run.py\n  inputs: [{name: subject, type: string}]\ntriggers:\n  - {type: composio, composio: ${trigger}}\n`;
  const pushed = await callApi("POST", "/api/workers", { json: { worker_yml, run_py: "print(1)" } });
  expect(pushed.status, await pushed.clone().text()).toBeLessThan(300);
}

const message = (change: object = {}, data: object = { subject: "Bill", label: "bills" }) =>
  JSON.stringify({
    type: "composio.trigger.message",
    metadata: {
      trigger_slug: "GMAIL_NEW_MESSAGE",
      connected_account_id: "ca_1",
      user_id: ownerWorkspace,
      ...change,
    },
    data,
  });

async function send(body: string, of: { id?: string; secret?: string; nowMs?: number; path?: string } = {}) {
  const { id = "msg_1", secret = KEY, nowMs = Date.now(), path = "/composio-events" } = of;
  const signature = { scheme: "standard", tolerance_seconds: 300 } as const;
  const headers = await signSample(signature, { secret, id, body, nowMs });
  return exports.default.fetch(new Request(`http://floom.test${path}`, { method: "POST", headers, body }));
}

const triggersOf = async (worker: string) =>
  z.array(triggerSchema).parse(await (await callApi("GET", `/api/workers/${worker}/triggers`)).json());

const runsOf = async (worker: string) => {
  const answer = await callApi("GET", `/api/runs?worker_id=${worker}`);
  return runPageSchema.parse(await answer.json()).runs;
};

it("an event starts the runs of the triggers that it is for, once for each id, and stands in their inboxes", async () => {
  verifies("app-events:start");
  await push("mails", "{event: gmail.new_message, connection_id: ca_1, filters: {label: bills}}");
  await push("other-label", "{event: gmail.new_message, connection_id: ca_1, filters: {label: ads}}");
  await push("other-account", "{event: gmail.new_message, connection_id: ca_2}");
  await push("other-event", "{event: gmail.sent, connection_id: ca_1}");
  const told = await send(message());
  expect(told.status).toBe(202);
  const { status, runs } = (await told.json()) as { status: string; runs: string[] };
  expect([status, runs.length]).toEqual(["accepted", 1]);
  const again = (await (await send(message(), { path: "/webhooks/composio-events" })).json()) as {
    runs: string[];
  };
  expect(again.runs).toEqual(runs);
  const run = runDetailSchema.parse(await (await callApi("GET", `/api/runs/${runs[0]}`)).json());
  expect(run).toMatchObject({ worker_id: "mails", trigger_source: "composio", inputs: { subject: "Bill" } });
  const triggers = await triggersOf("mails");
  expect(triggers).toMatchObject([{ name: "composio-1", webhook: { scheme: "composio" } }]);
  const deliveries = await callApi("GET", `/api/triggers/${triggers[0]?.id}/deliveries`);
  expect(await deliveries.json()).toMatchObject({
    deliveries: [{ verdict: "duplicate" }, { verdict: "accepted" }],
  });
  for (const worker of ["other-label", "other-account", "other-event"])
    expect(await runsOf(worker)).toEqual([]);
  expect(await (await send(message({ trigger_slug: "SLACK_NEW" }), { id: "msg_2" })).json()).toEqual({
    status: "ignored",
    runs: [],
  });
});

it("what Composio has not signed, or signed long ago, and another workspace's account start nothing", async () => {
  verifies("app-events:signed");
  await push("mails", "{event: gmail.new_message, connection_id: ca_1}");
  const forged = await send(message(), { secret: "another-key" });
  const old = await send(message(), { nowMs: Date.now() - 301_000 });
  const bare = await exports.default.fetch(
    new Request("http://floom.test/composio-events", { method: "POST", body: message() }),
  );
  for (const refused of [forged, old, bare]) {
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ code: "hook_refused" });
  }
  const others = await send(message({ user_id: "wsp_00000000000000000000000001" }));
  expect(await others.json()).toEqual({ status: "ignored", runs: [] });
  for (const body of ["", "no json", "[]", '{"data": 1}']) {
    expect(await (await send(body, { id: `msg_${body.length}` })).json()).toMatchObject({
      status: "ignored",
    });
  }
  expect(await runsOf("mails")).toEqual([]);
});

it("its own address lets nobody in, and a paused one starts nothing", async () => {
  verifies("app-events:signed");
  await push("mails", "{event: gmail.new_message, connection_id: ca_1}");
  const triggers = await triggersOf("mails");
  const id = triggers[0]?.id ?? "";
  await callApi("POST", `/api/triggers/${id}/secret/rotate`);
  for (const path of [`/hooks/${id}`, "/webhooks/mails"]) {
    const refused = await send(message(), { path });
    expect([path, refused.status]).toEqual([path, 404]);
  }
  await callApi("POST", `/api/triggers/${id}/pause`);
  const told = await send(message());
  expect(told.status).toBe(202);
  expect(await told.json()).toEqual({ status: "accepted", runs: [] });
  expect(await runsOf("mails")).toEqual([]);
});
