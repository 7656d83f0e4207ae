import { env } from "cloudflare:workers";
import { beforeEach, expect, it } from "vitest";
import { allScopes } from "#contract/access/access";
import type { Principal } from "#contract/access/access";
import { anomalyWatchSchema } from "#contract/anomalies/anomaly";
import { auditPageSchema } from "#contract/audit/audit";
import type { GateEvent } from "#contract/audit/gate-events";
import { alertDeliverySchema, alertWithSecretSchema } from "#contract/alerts/alert";
import { limits } from "#contract/limits";
import { workspaceIdSchema } from "#contract/ids";
import { workerSummarySchema } from "#contract/workers/worker";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { auditStubOf } from "../../test/support/workerd/housekeeping.ts";
import { verifies } from "../../test/verifies.ts";
import { recordToolCall } from "../audit/tool-call-service.ts";
import { anomalyDeps } from "../compose/trust/anomaly-deps.ts";
import { auditDeps } from "../compose/guard-deps.ts";
import { deployDeps } from "../compose/deploy-deps.ts";
import { setWorkerPaused } from "../deploys/service.ts";
import { retentionServiceDeps } from "../compose/retention-deps.ts";
import { changeSettings } from "../retention/service.ts";
import { setAnomalyActions } from "./service.ts";
import { findUnusualSpend } from "./spend-service.ts";

const workspace = workspaceIdSchema.parse(ownerWorkspace);
let worker: { id: string; name: string };
let count = 0;

beforeEach(async () => {
  await callApi("GET", "/api/workspace/info");
  worker = { id: await seedWorker("hello"), name: "hello" };
});

/** A client of MCP that an owner has let in. */
const agent: Principal = {
  kind: "token",
  id: "ocl_00000000000000000000000000",
  workspace_id: workspace,
  owner: false,
  user_id: null,
  role: "owner",
  reach: null,
  scopes: [...allScopes],
};

/** An outcome of a call as the gate tells it, each another one. */
function tell(change: Partial<Extract<GateEvent, { event: "tool_call" }>> = {}): Promise<void> {
  count += 1;
  const event: GateEvent = {
    event: "tool_call",
    call_id: `call_${count}`,
    at: Date.now(),
    run_id: "run_1",
    worker,
    tool: "search",
    parameters: {},
    source: "http",
    effect: "read",
    outcome: "success",
    duration_ms: 1,
    ...change,
  };
  return recordToolCall(auditDeps(testHost), workspace, event);
}

const refuse = () => tell({ outcome: "refused", code: "tool_unknown" });
const streak = async () => {
  for (let n = 0; n < limits.anomaly_denials.value; n += 1) await refuse();
};

const anomalies = async () => {
  const page = auditPageSchema.parse(await (await callApi("GET", "/api/audit?event=anomaly")).json());
  return page.events.map(({ code, worker: name, run_id, details }) =>
    [code, name, run_id, details["action"]].join(" "),
  );
};
const watch = async () =>
  anomalyWatchSchema.parse(await (await callApi("GET", "/api/workers/hello/anomalies")).json());
const summary = async (answer: Promise<Response>) => workerSummarySchema.parse(await (await answer).json());
const isPaused = async () =>
  workerSummarySchema
    .array()
    .parse(await (await callApi("GET", "/api/workers")).json())
    .some(({ paused }) => paused);
const set = (json: unknown, token?: string) =>
  callApi("PATCH", "/api/workers/hello/anomalies", { json, ...(token === undefined ? {} : { token }) });

it("a streak of refusals is on record once, on the chain, and whoever asked for it is told", async () => {
  verifies("anomalies:acted-on");
  const made = await callApi("POST", "/api/workers/hello/alerts", {
    json: { email_to: ["ada@example.com"], on: ["anomaly"] },
  });
  const { id } = alertWithSecretSchema.parse(await made.json());
  await streak();
  await refuse();
  await expect.poll(anomalies).toEqual(["denial_streak hello run_1 notify"]);
  const deliveries = async () =>
    alertDeliverySchema
      .array()
      .parse(await (await callApi("GET", `/api/workers/hello/alerts/${id}/deliveries`)).json());
  await expect.poll(async () => (await deliveries()).length).toBe(1);
  expect((await deliveries())[0]?.message).toMatchObject({
    type: "anomaly.found",
    data: { anomaly: { kind: "denial_streak", action: "notify", tool: "search", run_id: "run_1" } },
  });
  expect((await watch()).restraint).toBeNull();
  const judged = await callApi("GET", "/api/audit/verify");
  expect(await judged.json()).toMatchObject({ broken: null });
});

it("a worker that is to be paused is, by its own word before its workspace's, and only a person resumes it", async () => {
  verifies("anomalies:people-only");
  await callApi("PATCH", "/api/workspace/settings", { json: { on_denial_streak: "ignore" } });
  expect((await set({ denial_streak: "pause" })).status).toBe(200);
  await streak();
  await expect.poll(anomalies).toEqual(["denial_streak hello run_1 pause"]);
  expect((await watch()).restraint).toMatchObject({ action: "pause", kind: "denial_streak" });
  expect(await isPaused()).toBe(true);
  const byAgent = () => setWorkerPaused(deployDeps(testHost), agent, { name: "hello", paused: false });
  await expect(byAgent()).rejects.toMatchObject({ code: "people_only" });
  expect(await isPaused()).toBe(true);
  expect(await summary(callApi("POST", "/api/workers/hello/resume"))).toMatchObject({ paused: false });
  expect((await watch()).restraint).toBeNull();
  expect(await byAgent()).toMatchObject({ paused: false });
});

it("a throttled worker makes one run at a time until a person resumes it", async () => {
  verifies("anomalies:acted-on");
  await callApi("PATCH", "/api/workspace/settings", { json: { on_rate_breach: "throttle" } });
  await tell({ outcome: "refused", code: "rate_limited", rate: { count: 3, limit: 2, window_seconds: 60 } });
  await expect.poll(async () => (await watch()).restraint?.action).toBe("throttle");
  const start = async () => {
    const answer = await callApi("POST", "/api/workers/hello/runs", { json: {} });
    const { id } = (await answer.json()) as { id: string };
    return id;
  };
  const queue = testHost.worker(worker.id).queue;
  await start();
  const second = await start();
  expect((await queue.queueWait(second))?.why).toContain("throttled to one run at a time");
  await callApi("POST", "/api/workers/hello/resume");
  expect(await queue.queueWait(second)).toBeNull();
});

it("what is to be ignored leaves nothing, and what could not be acted on is acted on later", async () => {
  await set({ denial_streak: "ignore" });
  await streak();
  await tell({ outcome: "refused", code: "rate_limited", rate: { count: 3, limit: 2, window_seconds: 60 } });
  await expect.poll(anomalies).toEqual(["rate_breach hello run_1 notify"]);
});

it("a day that costs far more than others is an anomaly of that day", async () => {
  verifies("anomalies:acted-on");
  const day = Math.floor(Date.now() / 86_400_000);
  const cost = (before: number, usd: number) =>
    env.DB.prepare("INSERT INTO spend VALUES (?, ?, ?, '', 1, ?, 0)")
      .bind(ownerWorkspace, day - before, worker.id, usd * 1e9)
      .run();
  for (const before of [1, 2, 5]) await cost(before, 1);
  const run = { workspaceId: ownerWorkspace, runId: "run_1", worker };
  expect(await findUnusualSpend(testHost, run)).toBeNull();
  await cost(0, 20);
  const found = await findUnusualSpend(testHost, run);
  expect(found).toMatchObject({ kind: "unusual_spend", tool: null });
  if (found !== null)
    for (let twice = 0; twice < 2; twice += 1) await auditStubOf(ownerWorkspace).raise(found);
  await expect.poll(anomalies).toEqual(["unusual_spend hello run_1 notify"]);
});

it("who may not decide does not set what is watched, and a stranger is told of nothing", async () => {
  verifies("anomalies:people-only");
  const byAgent = setAnomalyActions(anomalyDeps(testHost), agent, {
    name: "hello",
    actions: { novel_tool: "ignore" },
  });
  await expect(byAgent).rejects.toMatchObject({ code: "people_only" });
  const ofAll = changeSettings(retentionServiceDeps(testHost), agent, { on_novel_tool: "ignore" });
  await expect(ofAll).rejects.toMatchObject({ code: "people_only" });
  expect((await set({ novel_tool: "ignore" }, await strangerToken())).status).toBe(404);
  expect(
    (await callApi("GET", "/api/workers/hello/anomalies", { token: await strangerToken() })).status,
  ).toBe(404);
  expect((await set({ novel_tool: "stop" })).status).toBe(422);
  expect((await watch()).in_force.novel_tool).toBe("notify");
});
