import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { deliveryReceiptSchema } from "#contract/hooks/delivery";
import type { DeliveryReceipt } from "#contract/hooks/delivery";
import { problemSchema } from "#contract/problem";
import type { RunDetail } from "#contract/runs/run";
import type { CreatedTrigger } from "#contract/triggers/trigger";
import { verifies } from "../../test/verifies.ts";
import { callApi, seedWorker, testHost } from "../../test/support/workerd/api-harness.ts";
import {
  eventFields,
  listDeliveries,
  seedHook,
  send,
  showDelivery,
  signingKey,
} from "../../test/support/workerd/hook-harness.ts";
import type { RunRecord } from "../runs/record/run-storage.ts";
import { workerToken } from "./hook-secrets.ts";

async function receiptOf(response: Response): Promise<DeliveryReceipt> {
  expect(response.status).toBe(202);
  return deliveryReceiptSchema.parse(await response.json());
}

async function runOf(id: string | null): Promise<RunDetail> {
  return (await (await callApi("GET", `/api/runs/${id}`)).json()) as RunDetail;
}

async function countRuns(): Promise<number> {
  const { runs } = (await (await callApi("GET", "/api/runs")).json()) as { runs: unknown[] };
  return runs.length;
}

it("a signed delivery starts one run with what of the payload the worker declares, over the trigger's inputs", async () => {
  verifies("webhooks:inputs:declared-ones");
  const hook = await seedHook({ spec: { inputs: { note: "saved", amount: 1 } } });
  const body = '{"amount": 5, "other": "left out"}';
  const receipt = await receiptOf(await send(hook, body, { id: "msg_1" }));
  const run = await runOf(receipt.run_id);
  expect(run).toMatchObject({ trigger_source: "webhook", trigger_ref: hook.triggerId });
  expect(run.inputs).toEqual({ note: "saved", amount: 5, event: { amount: 5, other: "left out" } });
  const [delivery] = await listDeliveries(hook);
  expect(delivery).toMatchObject({ verdict: "accepted", run_id: receipt.run_id, external_id: "msg_1" });
});

it("a replayed id makes no second run and answers the first; another body under it is noted", async () => {
  verifies("webhooks:replay:one-run");
  const hook = await seedHook();
  const first = await receiptOf(await send(hook, '{"amount":1}', { id: "msg_1" }));
  const again = await receiptOf(await send(hook, '{"amount":1}', { id: "msg_1" }));
  const other = await receiptOf(await send(hook, '{"amount":2}', { id: "msg_1" }));
  expect(again).toEqual({ ...first, duplicate: true });
  expect(other.run_id).toBe(first.run_id);
  await expect.poll(countRuns).toBe(1);
  const seen = await listDeliveries(hook, "?verdict=duplicate");
  expect(seen.map(({ reason }) => reason)).toEqual([
    expect.stringContaining("another body"),
    expect.stringContaining("a repeat"),
  ]);
});

it("twenty copies of one delivery at once make one run", async () => {
  verifies("webhooks:replay:one-run");
  const hook = await seedHook();
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(hook, "{}", { id: "msg_1" })));
  const receipts = await Promise.all(answers.map(receiptOf));
  expect(new Set(receipts.map(({ run_id }) => run_id)).size).toBe(1);
  expect(receipts.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
});

it("a delivery without an id is known by its body for a while", async () => {
  const hook = await seedHook({ spec: { signature: { scheme: "hmac", header: "X-Sig" } } });
  const bare = { headers: { "idempotency-key": "" } };
  const first = await receiptOf(await send(hook, "plain text", bare));
  expect(await receiptOf(await send(hook, "plain text", bare))).toEqual({ ...first, duplicate: true });
  expect((await receiptOf(await send(hook, "another text", bare))).run_id).not.toBe(first.run_id);
});

it("an unknown hook and a bad signature are answered alike, and the owner sees why", async () => {
  verifies("webhooks:refusal:alike");
  const hook = await seedHook();
  const unknown = await send({ ...hook, triggerId: "trg_00000000000000000000000000" }, "{}");
  const unsigned = await send(hook, "{}", { secret: "whsec_AAAA" });
  const stale = await send(hook, "{}", { nowMs: Date.now() - 301_000 });
  const get = await send(hook, "{}", { method: "GET", secret: "whsec_AAAA" });
  const problems = await Promise.all(
    [unknown, unsigned, stale, get].map(async (response) => problemSchema.parse(await response.json())),
  );
  const bare = problems.map((problem) => ({ ...problem, instance: "", request_id: "" }));
  expect(bare[0]).toMatchObject({ status: 404, code: "hook_refused" });
  expect(bare.every((problem) => JSON.stringify(problem) === JSON.stringify(bare[0]))).toBe(true);
  await expect.poll(async () => (await listDeliveries(hook, "?verdict=bad_signature")).length).toBe(3);
  const reasons = (await listDeliveries(hook)).map(({ reason }) => reason ?? "");
  expect(reasons.some((reason) => /the signed time is 30\d s away from now/.test(reason))).toBe(true);
  expect(await countRuns()).toBe(0);
});

it("a flood of bad signatures is sampled", async () => {
  verifies("webhooks:inbox:floods-are-sampled");
  const hook = await seedHook();
  await Promise.all(Array.from({ length: 40 }, () => send(hook, "{}", { secret: "whsec_AAAA" })));
  await expect.poll(async () => (await listDeliveries(hook)).length).toBe(10);
  await receiptOf(await send(hook, "{}"));
});

it("inputs that do not fit start no run: 422 with the field, and the delivery is kept", async () => {
  verifies("webhooks:refusal:recorded");
  const hook = await seedHook();
  const response = await send(hook, '{"amount":"many"}', { id: "msg_1" });
  expect(problemSchema.parse(await response.json())).toMatchObject({
    status: 422,
    code: "invalid_inputs",
    errors: [{ pointer: "/inputs/amount" }],
  });
  expect((await listDeliveries(hook))[0]).toMatchObject({ verdict: "invalid_inputs", run_id: null });
  // It may be sent again once it fits.
  expect((await receiptOf(await send(hook, '{"amount":1}', { id: "msg_1" }))).duplicate).toBe(false);
});

it("a paused trigger refuses, and keeps what came for later", async () => {
  verifies("webhooks:refusal:recorded");
  const hook = await seedHook({ paused: true });
  const response = await send(hook, '{"amount":1}');
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 409, code: "trigger_paused" });
  const [delivery] = await listDeliveries(hook);
  expect(delivery).toMatchObject({ verdict: "refused" });
  await env.DB.prepare("UPDATE triggers SET paused = 0").run();
  const path = `/api/triggers/${hook.triggerId}/deliveries/${delivery?.id}/redeliver`;
  const made = (await (await callApi("POST", path)).json()) as { run_id: string };
  expect(made).toMatchObject({ verdict: "accepted", redelivery_of: delivery?.id });
  expect((await runOf(made.run_id)).inputs).toMatchObject({ amount: 1 });
});

it("several deliveries are taken once more by their verdict, each as a new run", async () => {
  verifies("webhooks:redeliver:new-run");
  const hook = await seedHook();
  for (const amount of [1, 2, 3]) await receiptOf(await send(hook, `{"amount":${amount}}`));
  const path = `/api/triggers/${hook.triggerId}/deliveries/redeliver`;
  const response = await callApi("POST", path, { json: { filter: { verdict: "accepted" } } });
  expect(response.status).toBe(202);
  const result = (await response.json()) as { deliveries: { run_id: string }[]; missing: string[] };
  expect(new Set(result.deliveries.map(({ run_id }) => run_id)).size).toBe(3);
  const runs = await Promise.all(result.deliveries.map(({ run_id }) => runOf(run_id)));
  expect(runs.map((run) => run.inputs["amount"])).toEqual([1, 2, 3]);
  const one = await callApi("POST", path, { json: { ids: ["dlv_00000000000000000000000000"] } });
  expect(((await one.json()) as { missing: string[] }).missing).toHaveLength(1);
});

it("the event a run finds holds headers and body, and no credential", async () => {
  const hook = await seedHook();
  const headers = { authorization: "Bearer x", cookie: "a=b", "x-kind": "order" };
  const { run_id, delivery_id } = await receiptOf(
    await send(hook, "not json \u00ff", { id: "msg_9", headers, path: `/hooks/${hook.triggerId}?a=1` }),
  );
  expect(await testHost.run(run_id ?? "").read()).not.toBeNull();
  const detail = await showDelivery(hook, delivery_id);
  expect(detail).toMatchObject({ body_preview: "not json \u00ff", body_truncated: false, query: { a: "1" } });
  expect(detail.headers).toMatchObject({ "x-kind": "order", "webhook-id": "msg_9" });
  expect(Object.keys(detail.headers)).not.toContain("authorization");
  expect(Object.keys(detail.headers)).not.toContain("cookie");
});

it("a large body is kept whole beside the inbox, and can be taken once more; one over the limit is refused", async () => {
  verifies("webhooks:limit:body");
  const hook = await seedHook({ inputs: [] });
  const body = JSON.stringify({ text: "x".repeat(200_000) });
  const { delivery_id } = await receiptOf(await send(hook, body));
  const detail = await showDelivery(hook, delivery_id);
  expect(detail).toMatchObject({ size_bytes: body.length, body_truncated: true, can_redeliver: true });
  const path = `/api/triggers/${hook.triggerId}/deliveries/${delivery_id}/redeliver`;
  expect((await callApi("POST", path)).status).toBe(202);
  const tooLarge = await send(hook, "x".repeat(1024 * 1024 + 1));
  expect(problemSchema.parse(await tooLarge.json())).toMatchObject({ status: 413, code: "body_too_large" });
});

it("Slack's url_verification gets its challenge back, and only when it is signed", async () => {
  verifies("webhooks:slack:url-verification");
  const hook = await seedHook({ spec: { signature: { scheme: "slack" } } });
  const body = '{"type":"url_verification","challenge":"3eZbrw1a"}';
  expect(await (await send(hook, body)).json()).toEqual({ challenge: "3eZbrw1a" });
  expect((await send(hook, body, { secret: "x".repeat(64) })).status).toBe(404);
  expect(await countRuns()).toBe(0);
});

it("methods and addresses outside the trigger's lists are refused, the latter as if there were no hook", async () => {
  verifies("webhooks:refusal:address");
  const spec = { methods: ["POST" as const], allow_ips: ["192.0.2.0/24"] };
  const hook = await seedHook({ spec });
  const from = (ip: string) => ({ "cf-connecting-ip": ip });
  expect((await send(hook, "{}", { headers: from("192.0.2.9") })).status).toBe(202);
  expect((await send(hook, "{}", { headers: from("198.51.100.9") })).status).toBe(404);
  await expect.poll(async () => (await listDeliveries(hook, "?verdict=refused")).length).toBe(1);
  expect((await listDeliveries(hook, "?verdict=refused"))[0]?.reason).toContain("ip: 198.51.100.9");
  const put = await send(hook, "{}", { method: "PUT", headers: from("192.0.2.9") });
  expect(put.status).toBe(405);
  expect(put.headers.get("allow")).toBe("POST");
});

it("Floom's own address takes its token and its signature by name and by uid, and no other token", async () => {
  verifies("webhooks:floom:schemes");
  const hook = await seedHook({ spec: { signature: { scheme: "floom" } } });
  const token = await workerToken(signingKey, hook.workerId);
  const signed = await send(hook, '{"amount":1}', { path: "/webhooks/hooked" });
  expect(signed.status).toBe(202);
  const plain = async (worker: string, given: string) =>
    (await callApi("POST", `/webhooks/${worker}?token=${given}`, { json: { amount: 2 }, token: "" })).status;
  expect(await plain("hooked", token)).toBe(202);
  expect(await plain(hook.workerId, token)).toBe(202);
  expect(await plain("hooked", `${token.slice(1)}0`)).toBe(404);
  // A signature that is wrong is not made good by a token.
  const path = `/webhooks/hooked?token=${token}`;
  expect((await send(hook, "{}", { path, headers: { "x-floom-signature": "" } })).status).toBe(404);
  const [delivery] = await listDeliveries(hook, "?verdict=accepted");
  expect((await showDelivery(hook, delivery?.id ?? "")).query).toEqual({});
});

it("a rotated secret is shown once, and the old one is good until its time is over", async () => {
  verifies("webhooks:secret:rotation");
  const hook = await seedHook();
  const rotate = async (json: object) =>
    (await (await callApi("POST", `/api/triggers/${hook.triggerId}/secret/rotate`, { json })).json()) as {
      secret: string;
      previous_valid_until: string | null;
    };
  const second = await rotate({ overlap_seconds: 3600 });
  expect(Date.parse(second.previous_valid_until ?? "")).toBeGreaterThan(Date.now() + 3_500_000);
  expect((await send(hook, "{}")).status).toBe(202);
  expect((await send(hook, "{}", { secret: second.secret })).status).toBe(202);
  const third = await rotate({ overlap_seconds: 0 });
  expect(third.previous_valid_until).toBeNull();
  expect((await send(hook, "{}", { secret: second.secret })).status).toBe(404);
  expect((await send(hook, "{}", { secret: third.secret })).status).toBe(202);
  const stored = await env.DB.prepare("SELECT secret_box FROM triggers").first<{ secret_box: string }>();
  expect(stored?.secret_box).not.toContain(third.secret);
});

it("a custom answer is filled in, escaped for what it is", async () => {
  verifies("webhooks:reply:custom");
  const reply = {
    mode: "custom" as const,
    status: 201,
    content_type: "application/json" as const,
    headers: { "X-Kind": "ours" },
    body: '{"run":"{{run.id}}","said":"{{payload.text}}","none":"{{payload.no.such}}"}',
    wait_seconds: 0,
  };
  const hook = await seedHook({ spec: { reply }, inputs: [] });
  const response = await send(hook, '{"text":"a \\"quoted\\" word"}');
  expect(response.status).toBe(201);
  expect(response.headers.get("x-kind")).toBe("ours");
  expect(response.headers.get("content-security-policy")).toContain("sandbox");
  expect(await response.json()).toMatchObject({
    said: 'a "quoted" word',
    none: "",
    run: expect.stringMatching(/^run_/),
  });
});

it("with `wait` a run that has not ended in time is answered by its receipt", async () => {
  verifies("webhooks:reply:wait");
  const hook = await seedHook({ spec: { reply: { mode: "wait", seconds: 0.05 } } });
  expect(await receiptOf(await send(hook, "{}"))).toMatchObject({ duplicate: false });
});

it("a webhook made through the API shows its secret once, and a test goes its whole way", async () => {
  verifies("webhooks:test:signed-sample");
  await seedWorker("made", { inputs: eventFields });
  const json = { type: "webhook", inputs: { note: "saved" }, webhook: { signature: { scheme: "github" } } };
  const made = (await (
    await callApi("POST", "/api/workers/made/triggers", { json })
  ).json()) as CreatedTrigger;
  expect(made).toMatchObject({ webhook: { scheme: "github", secret_set: true, warning: null } });
  expect(made.secret).toMatch(/^[0-9a-f]{64}$/);
  const shown = await (await callApi("GET", `/api/triggers/${made.id}`)).text();
  expect(shown).not.toContain(made.secret);
  const fired = await callApi("POST", `/api/triggers/${made.id}/test`);
  expect(fired.status).toBe(202);
  const { run_id } = (await fired.json()) as { run_id: string };
  expect((await runOf(run_id)).inputs).toMatchObject({ note: expect.any(String), event: expect.any(Object) });
});

it("a webhook without a signature is made with a warning, and an address that is none is refused", async () => {
  await seedWorker("open");
  const make = (webhook: object) =>
    callApi("POST", "/api/workers/open/triggers", { json: { type: "webhook", webhook } });
  const open = (await (await make({ signature: { scheme: "none" } })).json()) as CreatedTrigger;
  expect(open.webhook?.warning).toContain("Anybody who knows the address");
  expect(open.secret).toBeNull();
  expect((await callApi("POST", `/hooks/${open.id}`, { body: "anything", token: "" })).status).toBe(202);
  const refused = await make({ allow_ips: ["1.2.3.4/99"] });
  expect(problemSchema.parse(await refused.json())).toMatchObject({ status: 422, code: "invalid_request" });
});

it("a run that waits for something outside is resumed with the worker's token, and only with it", async () => {
  verifies("webhooks:resume:same-auth");
  const token = await workerToken(signingKey, await seedWorker("waiter"));
  const resume = (given: string, json: object) =>
    callApi("POST", `/webhooks/waiter/resume?token=${given}`, { json, token: "" });
  const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
  expect(await codeOf(await resume("0".repeat(32), { key: "order-1" }))).toBe("hook_refused");
  expect(await codeOf(await resume(token, { other: 1 }))).toBe("invalid_request");
  // The token was good; nothing waits for this key.
  expect(await codeOf(await resume(token, { key: "order-1" }))).toBe("not_found");
});

it("a stranger lets no waiting run go on through a hook that is open to start runs; the worker's token still does", async () => {
  verifies("webhooks:resume:same-auth");
  const hook = await seedHook({ workerName: "ajar", spec: { signature: { scheme: "none" } } });
  const json = { key: "order-1" };
  const stranger = await callApi("POST", "/webhooks/ajar/resume", { json, token: "" });
  expect(problemSchema.parse(await stranger.json()).code).toBe("hook_refused");
  const path = `/webhooks/ajar/resume?token=${await workerToken(signingKey, hook.workerId)}`;
  const owner = await callApi("POST", path, { json, token: "" });
  expect(problemSchema.parse(await owner.json()).code).toBe("not_found");
});

it("a paused hook lets no waiting run go on, however well a delivery is signed", async () => {
  verifies("webhooks:resume:same-auth");
  const hook = await seedHook({ workerName: "shut" });
  const path = "/webhooks/shut/resume";
  const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;
  expect(await codeOf(await send(hook, '{"key":"order-1"}', { path }))).toBe("not_found");
  await env.DB.prepare("UPDATE triggers SET paused = 1").run();
  expect(await codeOf(await send(hook, '{"key":"order-1"}', { path }))).toBe("hook_refused");
  const withToken = `${path}?token=${await workerToken(signingKey, hook.workerId)}`;
  expect(await codeOf(await callApi("POST", withToken, { json: { key: "order-1" }, token: "" }))).toBe(
    "hook_refused",
  );
});

/** Who may not approve what this run asks for, where its worker says so. */
async function requesterOf(runId: string | null): Promise<string | null | undefined> {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(runId ?? ""));
  const read = async (_instance: unknown, state: DurableObjectState) =>
    state.storage.kv.get<RunRecord>("run")?.spec.requester;
  await expect.poll(() => runInDurableObject(stub, read)).toBeDefined();
  return runInDurableObject(stub, read);
}

it("a run that a person asks for by a hook is that person's, and one that its sender asks for the trigger's", async () => {
  const hook = await seedHook();
  const sent = await receiptOf(await send(hook, "{}", { id: "msg_1" }));
  expect(await requesterOf(sent.run_id)).toBe(hook.triggerId);
  const path = `/api/triggers/${hook.triggerId}`;
  const again = await callApi("POST", `${path}/deliveries/${sent.delivery_id}/redeliver`);
  const tested = await callApi("POST", `${path}/test`);
  for (const answer of [again, tested]) {
    const { run_id } = (await answer.json()) as { run_id: string };
    expect(await requesterOf(run_id)).toMatch(/^tok_/);
  }
});
