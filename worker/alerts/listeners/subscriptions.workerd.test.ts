import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { eventSubscriptionSchema } from "#contract/event-subscriptions/subscription";
import { createdTokenSchema } from "#contract/tokens/token";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { finishRun } from "../../../test/support/workerd/mcp-runs.ts";
import { addSchedule, missStart } from "../../../test/support/workerd/miss-start.ts";
import { askWire } from "../../../test/support/workerd/mcp-wire.ts";
import type { WireClient } from "../../../test/support/workerd/mcp-wire.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";
import { verifies } from "../../../test/verifies.ts";
import { signStandardWebhook } from "../../platform/standard-webhooks.ts";

const HOOK = "https://hooks.example.com/floom";
const secretOf = (letter: string) => `whsec_${btoa(letter.repeat(32))}`;
const SECRET = secretOf("s");

interface Post {
  headers: Record<string, string>;
  body: string;
}

/** What reached the one address that there is, and what it answers. */
let posts: Post[] = [];
let answer: (body: Record<string, unknown>) => Response;
const echo = (body: Record<string, unknown>) => Response.json({ challenge: body["challenge"] });

beforeEach(() => {
  posts = [];
  answer = echo;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    if (url !== HOOK) throw new TypeError("nobody is there");
    const body = await request.text();
    posts.push({ headers: Object.fromEntries(request.headers), body });
    return answer(JSON.parse(body) as Record<string, unknown>);
  });
});
afterEach(() => vi.unstubAllGlobals());

const asked = (more: object = {}, to: object = {}) => ({
  name: "run.finished",
  arguments: { worker: "slow" },
  delivery: { mode: "webhook", url: HOOK, secret: SECRET, ...to },
  ...more,
});
const subscribe = (params: Record<string, unknown> = asked(), client: WireClient = {}) =>
  askWire("events/subscribe", params, client);
const events = () => posts.filter(({ body }) => !/"type":"(?:verification|terminated)"/.test(body));
const toldOf = () => events().map(({ body }) => (JSON.parse(body) as { eventId: string }).eventId);

async function isSigned({ headers, body }: Post, secret = SECRET): Promise<boolean> {
  const id = headers["webhook-id"] ?? "";
  const timestamp = Number(headers["webhook-timestamp"]);
  const expected = await signStandardWebhook([secret], { id, timestamp, body });
  return (headers["webhook-signature"] ?? "").split(" ").includes(expected);
}

async function startRun(worker = "slow"): Promise<string> {
  const started = await callApi("POST", `/api/workers/${worker}/runs`, { json: {} });
  return ((await started.json()) as { id: string }).id;
}

const list = async (token?: string) =>
  eventSubscriptionSchema
    .array()
    .parse(
      await (await callApi("GET", "/api/event-subscriptions", token === undefined ? {} : { token })).json(),
    );

it("an address that agrees is told of each end under its own signature, until the subscription is ended", async () => {
  verifies("events:webhook:signed-and-agreed");
  await seedWorker("slow");
  const first = await subscribe();
  expect(first.error).toBeNull();
  expect(first.result).toMatchObject({ id: expect.stringMatching(/^sub_/), cursor: null, truncated: false });
  const [verification] = posts;
  expect(verification?.headers["x-mcp-subscription-id"]).toBe(first.result["id"]);
  expect(verification && (await isSigned(verification))).toBe(true);
  const again = await subscribe();
  expect([again.result["id"], posts.length]).toEqual([first.result["id"], 1]);
  expect((await subscribe(asked({ name: "run.failed" }))).error).toBeNull();
  expect(posts).toHaveLength(1);
  const run = await startRun();
  await finishRun(run, 1);
  await expect.poll(toldOf).toEqual([`run.finished:${run}`]);
  const [told] = events();
  expect(told?.headers).toMatchObject({
    "webhook-id": `run.finished:${run}`,
    "x-mcp-subscription-id": first.result["id"],
  });
  expect(told && (await isSigned(told))).toBe(true);
  expect(JSON.parse(told?.body ?? "")).toMatchObject({
    name: "run.finished",
    data: { run_id: run, worker: "slow", status: "completed" },
    cursor: null,
  });
  const { rows } = await runInDurableObject(
    env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(await workerIdOf("slow"))),
    (_, { storage }) => ({ rows: JSON.stringify(storage.sql.exec("SELECT * FROM alert_targets").toArray()) }),
  );
  expect(rows).not.toContain(SECRET.slice(6));
  const ended = await askWire("events/unsubscribe", asked());
  expect([ended.error, await list()]).toEqual([null, [expect.objectContaining({ event: "run.failed" })]]);
  expect((await askWire("events/unsubscribe", asked())).error?.code).toBe(-32023);
});

it("a missed start is posted under the id by which a poll tells it, and says the same", async () => {
  verifies("events:missed:every-way");
  const workerId = await seedWorker("slow");
  await addSchedule("slow");
  expect((await subscribe(asked({ name: "schedule.missed" }))).error).toBeNull();
  const { cursor } = (await askWire("events/poll", { name: "schedule.missed", cursor: null })).result;
  await missStart(workerId);
  await expect.poll(events).toHaveLength(1);
  const polled = async () =>
    (await askWire("events/poll", { name: "schedule.missed", cursor })).result["events"] as object[];
  await expect.poll(polled).toHaveLength(1);
  expect(JSON.parse(events()[0]?.body ?? "")).toEqual({ ...(await polled())[0], cursor: null });
  expect(events()[0]?.headers["webhook-id"]).toMatch(/^schedule\.missed:trg_/);
});

async function workerIdOf(name: string): Promise<string> {
  const row = await env.DB.prepare("SELECT id FROM workers WHERE name = ?")
    .bind(name)
    .first<{ id: string }>();
  return row?.id ?? "";
}

it("a new secret signs from then on, and the one before signs too for a while", async () => {
  await seedWorker("slow");
  await subscribe();
  const next = secretOf("n");
  expect((await subscribe(asked({}, { secret: next }))).error).toBeNull();
  await finishRun(await startRun(), 1);
  await expect.poll(() => events().length).toBe(1);
  const [told] = events();
  expect(told && [await isSigned(told), await isSigned(told, next)]).toEqual([true, true]);
});

it("nothing is promised to an address that does not agree, is not dialled, or is asked for with a weak secret", async () => {
  verifies("events:webhook:never-private");
  await seedWorker("slow");
  const codeOf = async (params: Record<string, unknown>, client: WireClient = {}) => {
    const { error } = await subscribe(params, client);
    return [error?.code, (error?.data as { reason?: string } | undefined)?.reason];
  };
  for (const url of ["http://hooks.example.com/", "https://10.0.0.1/", "https://localhost/x", "none"])
    expect(await codeOf(asked({}, { url })), url).toEqual([-32602, undefined]);
  for (const secret of [
    "",
    "whsec_",
    `whsec_${btoa("short")}`,
    `whsec_${"!".repeat(44)}`,
    btoa("s".repeat(32)),
  ])
    expect(await codeOf(asked({}, { secret })), secret).toEqual([-32602, undefined]);
  expect(posts).toEqual([]);
  expect(await codeOf(asked({}, { url: "https://nobody.example.com/" }))).toEqual([
    -32027,
    "connection_refused",
  ]);
  answer = () => Response.json({ challenge: "another" });
  expect(await codeOf(asked())).toEqual([-32027, "challenge_failed"]);
  answer = () => new Response("no", { status: 403 });
  expect(await codeOf(asked())).toEqual([-32027, "http_4xx"]);
  answer = () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example" } });
  expect((await codeOf(asked()))[0]).toBe(-32027);
  expect(await codeOf(asked({ name: "run.started" }))).toEqual([-32023, undefined]);
  expect(await codeOf(asked({}, { mode: "push" }))).toEqual([-32026, undefined]);
  expect(await codeOf(asked({ arguments: {} }))).toEqual([-32602, undefined]);
  expect(await list()).toEqual([]);
});

it("what is not there and what one may not know of are refused alike, and nobody ends another's", async () => {
  await seedWorker("slow");
  const stranger = { token: await strangerToken() };
  const missing = await subscribe(asked({ arguments: { worker: "nothing" } }));
  const foreign = await subscribe(asked(), stranger);
  expect([missing.error?.code, foreign.error]).toEqual([-32024, missing.error]);
  const away = await subscribe(asked(), { path: "/mcp/workers/other" });
  expect(away.error?.code).toBe(-32024);
  const { result } = await subscribe();
  for (const token of [stranger.token, await seedMember("v", "viewer", { scopes: ["runs:read"] })]) {
    expect(await list(token)).toEqual([]);
    const path = `/api/event-subscriptions/${String(result["id"])}`;
    expect((await callApi("DELETE", path, { token })).status).toBe(404);
    expect((await askWire("events/unsubscribe", asked(), { token })).error?.code).toBe(-32023);
  }
  expect(await list()).toHaveLength(1);
});

it("with the token that asked for it a subscription ends, and what was to be told is not", async () => {
  verifies("events:webhook:ends-with-its-token");
  await seedWorker("slow");
  const json = { name: "listener", scopes: ["runs:read"] };
  const made = createdTokenSchema.parse(await (await callApi("POST", "/api/auth/tokens", { json })).json());
  expect((await subscribe(asked(), { token: made.token })).error).toBeNull();
  const run = await startRun();
  expect((await callApi("DELETE", `/api/auth/tokens/${made.id}`)).status).toBe(204);
  await finishRun(run, 1);
  await expect.poll(() => list()).toEqual([]);
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(await workerIdOf("slow")));
  await runDurableObjectAlarm(stub);
  expect(events()).toEqual([]);
  const kept = await runInDurableObject(stub, (_, { storage }) =>
    storage.sql
      .exec("SELECT (SELECT count(*) FROM alert_targets) + (SELECT count(*) FROM alert_deliveries) AS n")
      .one(),
  );
  expect(kept).toEqual({ n: 0 });
});

it("a workspace has so many subscriptions and no more, and each lasts as long as was granted", async () => {
  verifies("events:webhook:bounded");
  await seedWorker("slow");
  const lasts = async (ttlMs: number | null | undefined) => {
    const { result } = await subscribe(asked(ttlMs === undefined ? {} : { ttlMs }));
    return Math.round((Date.parse(String(result["refreshBefore"])) - Date.now()) / 60_000);
  };
  expect([await lasts(undefined), await lasts(1), await lasts(7_200_000)]).toEqual([60, 5, 120]);
  expect([await lasts(null), await lasts(10 ** 12)]).toEqual([1440, 1440]);
  await env.DB.prepare(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 49)
     INSERT INTO event_subscriptions SELECT 'sub_' || i, workspace_id, worker_id, 'tok_x', event, url, secret_box, 1, expires_at
     FROM event_subscriptions, n`,
  ).run();
  const full = await subscribe(asked({ name: "run.failed" }));
  expect(full.error).toMatchObject({ code: -32025, data: { limit: "subscriptions", max: 50 } });
  await env.DB.prepare("UPDATE event_subscriptions SET expires_at = 1 WHERE principal_id = 'tok_x'").run();
  expect((await subscribe(asked({ name: "run.failed" }))).error).toBeNull();
  const kept = await env.DB.prepare("SELECT count(*) AS n FROM event_subscriptions").first();
  expect(kept).toEqual({ n: 2 });
});
