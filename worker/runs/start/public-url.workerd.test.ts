import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { callApi, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { seedHook } from "../../../test/support/workerd/hook-harness.ts";
import { openOtherEdge } from "../../../test/support/workerd/other-edge.ts";
import { verifies } from "../../../test/verifies.ts";
import { approvalDeps, prepareDeps } from "../../compose/run-deps.ts";
import { Host } from "../../compose/host.ts";
import { decideRun } from "../../approvals/service.ts";
import { prepareScheduled } from "../../schedules/prepare-scheduled.ts";
import type { DueStart } from "../../schedules/scheduler.ts";
import { callWorker } from "../calls/calls.ts";
import type { RunRecord } from "../record/run-storage.ts";
import { ownerPrincipal, runPrincipal } from "../../access/principal.ts";
import { startDeps } from "../../compose/run-deps.ts";
import type { RunId, WorkspaceId } from "#contract/ids";

const evil = "http://collector.evil.example";
const workspaceId = "wsp_00000000000000000000000000" as WorkspaceId;

async function addressOf(runId: string): Promise<string | undefined> {
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(runId));
  const read = async (_instance: unknown, state: DurableObjectState) =>
    state.storage.kv.get<RunRecord>("run")?.spec.api_url;
  await expect.poll(() => runInDurableObject(stub, read)).toBeDefined();
  return runInDurableObject(stub, read);
}

it("a run reports where the settings say, whatever Host its starter's request names", async () => {
  verifies("run:address:settings-alone");
  const edge = openOtherEdge({ FLOOM_ENVIRONMENT: "production" as never });
  const hook = await seedHook({ workerName: "told", spec: { signature: { scheme: "none" } } });
  const ids = await Promise.all(
    ["/api/workers/told/runs", `/hooks/${hook.triggerId}`].map(async (path) => {
      const answer = await edge.call("POST", path, { json: {}, origin: evil });
      const started = (await answer.json()) as { id?: string; run_id?: string };
      return started.id ?? started.run_id ?? "";
    }),
  );
  for (const id of ids) expect(await addressOf(id)).toBe("http://floom.test");
});

it("an edge that was not told its address starts no run, whoever asks and by whichever road", async () => {
  verifies("run:address:settings-alone");
  await seedWorker("callee");
  await seedWorker("told", { calls: ["callee"] });
  const hook = await seedHook({ workerName: "hooked", spec: { signature: { scheme: "none" } } });
  const started = await callApi("POST", "/api/workers/told/runs", { json: {} });
  const { id } = (await started.json()) as { id: RunId };
  const edge = openOtherEdge({ FLOOM_ENVIRONMENT: "production" as never, FLOOM_PUBLIC_URL: "" as never });
  const host = new Host(edge.env, evil);

  for (const path of ["/api/workers/told/runs", `/hooks/${hook.triggerId}`]) {
    const answer = await edge.call("POST", path, { json: {}, origin: evil });
    expect(answer.headers.get("retry-after")).not.toBeNull();
    const problem = problemSchema.parse(await answer.json());
    expect(problem).toMatchObject({ status: 503, code: "public_url_unset", retryable: true });
    expect(problem.detail).toContain("FLOOM_PUBLIC_URL");
  }
  const refused = { code: "public_url_unset" };
  const entry = {
    trigger_id: hook.triggerId,
    workspace_id: workspaceId,
    worker_name: "told",
    pinned_version: null,
    inputs: {},
  } as unknown as DueStart["entry"];
  await expect(prepareScheduled(prepareDeps(host), { entry, key: "sched:1" })).rejects.toMatchObject(refused);
  const caller = runPrincipal({ run: id, workspace: workspaceId, attempt: 1, launch: 1 });
  const call = { worker: "callee", key: "1", inputs: {} };
  await expect(callWorker(startDeps(host), caller, call as never)).rejects.toMatchObject(refused);
  const decider = ownerPrincipal({ id: "tok_1", workspaceId });
  const decision = { runId: id, verdict: "approved" as const, body: {} };
  await expect(decideRun(approvalDeps(host), decider, decision)).rejects.toMatchObject(refused);
  const resumed = await edge.call("POST", "/webhooks/told/resume", { json: { key: "k" } });
  expect(problemSchema.parse(await resumed.json()).code).toBe("hook_refused");
});

it("an edge that was not told its address still answers reads, with links to where the reader came", async () => {
  const edge = openOtherEdge({ FLOOM_ENVIRONMENT: "production" as never, FLOOM_PUBLIC_URL: "" as never });
  await seedHook();
  const answer = await edge.call("GET", "/api/triggers", { origin: "http://reader.example" });
  const [trigger] = (await answer.json()) as { webhook: { url: string } }[];
  expect(trigger?.webhook.url).toMatch(/^http:\/\/reader\.example\/hooks\/trg_/);
});

it.each(["floom.example", "ftp://floom.example", "https://floom.example/floom", "https://a@floom.example"])(
  "an address that is no origin is a fault of the settings, not an address: %s",
  async (address) => {
    const edge = openOtherEdge({ FLOOM_PUBLIC_URL: address as never });
    expect((await edge.call("GET", "/api/workers")).status).toBe(500);
  },
);
