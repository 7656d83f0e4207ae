import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import {
  alertDeliverySchema,
  alertSchema,
  alertWithSecretSchema,
  outboxMailSchema,
} from "#contract/alerts/alert";
import { problemSchema } from "#contract/problem";
import { callApi, seedWorker, testHost } from "../../test/support/workerd/api-harness.ts";
import { sampleRunSummary } from "../../test/support/sample-records.ts";
import { verifies } from "../../test/verifies.ts";

const base = "/api/workers/hello/alerts";

async function create(json: unknown = { url: "https://example.com/hook" }) {
  const response = await callApi("POST", base, { json });
  expect(response.status).toBe(201);
  return alertWithSecretSchema.parse(await response.json());
}

const list = async () => alertSchema.array().parse(await (await callApi("GET", base)).json());
const problemOf = async (response: Promise<Response>) => problemSchema.parse(await (await response).json());

it("an alert is made with a secret that no other answer shows, and is sealed where it is kept", async () => {
  verifies("alerts:secret:shown-once");
  await seedWorker("hello");
  const { secret, ...alert } = await create({ url: "https://example.com/hook", on: ["failed", "completed"] });
  expect(secret).toMatch(/^whsec_/);
  expect(alert).toMatchObject({ worker: "hello", origin: "api", enabled: true, on: ["failed", "completed"] });
  expect(await list()).toEqual([expect.objectContaining({ id: alert.id, mail: "local_outbox" })]);
  expect(await (await callApi("GET", base)).text()).not.toContain(secret);
  expect(await (await callApi("GET", `${base}/${alert.id}`)).text()).not.toContain(secret);
  const { results } = await env.DB.prepare("SELECT * FROM alerts").all();
  expect(JSON.stringify(results)).not.toContain(secret.slice(6));
  const rotated = await callApi("POST", `${base}/${alert.id}/rotate-secret`);
  const next = alertWithSecretSchema.parse(await rotated.json());
  expect(next.secret).not.toBe(secret);
  expect(Date.parse(next.previous_secret_valid_until ?? "")).toBeGreaterThan(Date.now());
});

it("an alert is changed, stopped, started and deleted", async () => {
  await seedWorker("hello");
  const { id } = await create();
  const patch = async (json: unknown) =>
    alertSchema.parse(await (await callApi("PATCH", `${base}/${id}`, { json })).json());
  expect(await patch({ email_to: ["ada@example.com"], on: ["schedule_missed"] })).toMatchObject({
    url: "https://example.com/hook",
    email_to: ["ada@example.com"],
    on: ["schedule_missed"],
  });
  expect(await patch({ enabled: false })).toMatchObject({
    enabled: false,
    disabled_reason: "Stopped by hand.",
  });
  expect(await patch({ enabled: true })).toMatchObject({ enabled: true, disabled_reason: null });
  expect(
    await problemOf(callApi("PATCH", `${base}/${id}`, { json: { url: null, email_to: [] } })),
  ).toMatchObject({
    status: 422,
    code: "invalid_request",
  });
  expect((await callApi("DELETE", `${base}/${id}`)).status).toBe(204);
  expect(await list()).toEqual([]);
  expect((await callApi("GET", `${base}/${id}`)).status).toBe(404);
});

it("an address that is not dialled is refused when the alert is made", async () => {
  verifies("alerts:address:private-never-dialled");
  await seedWorker("hello");
  for (const url of [
    "https://169.254.169.254/",
    "http://example.com/",
    "https://localhost/x",
    "http://127.0.0.1:1/",
  ]) {
    const problem = await problemOf(callApi("POST", base, { json: { url } }));
    expect(problem).toMatchObject({ status: 422, errors: [{ pointer: "/url" }] });
  }
  expect(await list()).toEqual([]);
});

it("alerts that are made at the same time are all known where messages are sent", async () => {
  const workerId = await seedWorker("hello");
  const json = { email_to: ["ada@example.com"] };
  await Promise.all(Array.from({ length: 6 }, () => create(json)));
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(workerId));
  const known = await runInDurableObject(stub, (_instance, state) =>
    state.storage.sql.exec("SELECT count(*) AS n FROM alert_targets").one(),
  );
  expect(known).toEqual({ n: 6 });
});

it("a worker has at most twenty alerts", async () => {
  await seedWorker("hello");
  for (let i = 0; i < 20; i++) await create({ email_to: ["ada@example.com"] });
  expect((await problemOf(callApi("POST", base, { json: { email_to: ["a@example.com"] } }))).code).toBe(
    "conflict",
  );
});

it("a run that failed is mailed to the local outbox, once, and can be delivered again", async () => {
  verifies("alerts:mail:local-outbox");
  const workerId = await seedWorker("hello");
  const { id } = await create({ email_to: ["ada@example.com"] });
  const summary = sampleRunSummary({ status: "failed" });
  const news = {
    workspace_id: "wsp_00000000000000000000000000",
    worker_id: workerId,
    summary,
    failure: null,
    approval: null,
    notify: null,
    origin: "https://floom.test",
  };
  const worker = testHost.worker(workerId);
  await worker.release(summary.id, news);
  await worker.release(summary.id, news);
  const deliveries = async () => {
    const response = await callApi("GET", `${base}/${id}/deliveries`);
    return alertDeliverySchema.array().parse(await response.json());
  };
  await expect.poll(async () => (await deliveries()).map(({ status }) => status)).toEqual(["delivered"]);
  const mails = outboxMailSchema.array().parse(await (await callApi("GET", "/api/outbox")).json());
  expect(mails).toEqual([
    expect.objectContaining({ to: ["ada@example.com"], subject: "Hello worker failed" }),
  ]);
  const [delivery] = await deliveries();
  const again = await callApi("POST", `${base}/${id}/deliveries/${delivery?.id}/redeliver`);
  expect(again.status).toBe(202);
  await expect.poll(async () => (await deliveries())[0]?.attempts.length).toBe(2);
  expect((await callApi("POST", `${base}/${id}/deliveries/dlv_1/redeliver`)).status).toBe(404);
});

it("a start that a schedule missed is told, and the same one found twice makes one message", async () => {
  verifies("alerts:event:once-per-key");
  const workerId = await seedWorker("hello");
  const { id } = await create({ email_to: ["ada@example.com"], on: ["schedule_missed"] });
  const json = { type: "schedule", cron: "0 8 2 3 *", missed: "skip" };
  expect((await callApi("POST", "/api/workers/hello/triggers", { json })).status).toBe(201);
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(workerId));
  const missAgain = async () => {
    await runInDurableObject(stub, (_instance, { storage }) => {
      storage.sql.exec("UPDATE schedules SET next_at = ?", Date.parse("2026-03-02T08:00:00Z")).toArray();
    });
    await runDurableObjectAlarm(stub);
  };
  await missAgain();
  await missAgain();
  const deliveries = await callApi("GET", `${base}/${id}/deliveries`);
  expect(alertDeliverySchema.array().parse(await deliveries.json())).toMatchObject([
    {
      event: "schedule.missed",
      message: { data: { links: { worker: expect.stringMatching(/\/workers\/hello$/) } } },
    },
  ]);
});

it("a test is sent at once and answers with its attempt", async () => {
  await seedWorker("hello");
  const { id } = await create({ email_to: ["ada@example.com"] });
  const [delivery] = alertDeliverySchema
    .array()
    .parse(await (await callApi("POST", `${base}/${id}/test`)).json());
  expect(delivery).toMatchObject({ event: "alert.test", channel: "email", status: "delivered" });
  expect((await callApi("POST", `${base}/alt_1/test`)).status).toBe(404);
});

it("the manifest's alert is in the list, can be tested, and is changed in worker.yml alone", async () => {
  verifies("alerts:manifest:notify");
  await seedWorker("hello");
  await env.DB.prepare("UPDATE versions SET manifest = json_set(manifest, '$.notify', json(?))")
    .bind(JSON.stringify({ email_to: ["team@example.com"], on: ["failed"], email_subject: "{status}" }))
    .run();
  expect(await list()).toEqual([
    expect.objectContaining({
      id: "manifest",
      origin: "manifest",
      email_to: ["team@example.com"],
      on: ["failed"],
    }),
  ]);
  expect((await problemOf(callApi("DELETE", `${base}/manifest`))).detail).toContain("worker.yml");
  const tested = await callApi("POST", `${base}/manifest/test`);
  const [delivery] = alertDeliverySchema.array().parse(await tested.json());
  expect(delivery).toMatchObject({ status: "delivered", alert_id: "manifest" });
  const mails = outboxMailSchema.array().parse(await (await callApi("GET", "/api/outbox")).json());
  expect(mails[0]?.subject).toBe("test");
});
