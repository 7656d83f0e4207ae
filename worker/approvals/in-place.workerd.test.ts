import { expect, it } from "vitest";
import { approvalPageSchema, approvalSchema, decisionResultSchema } from "#contract/approvals/approval";
import { workerIdSchema, workerNameSchema, workspaceIdSchema } from "#contract/ids";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import {
  callApi,
  ownerWorkspace,
  seedWorker,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { buildSampleSpec, sampleAgent } from "../../test/support/workerd/sample-spec.ts";
import { verifies } from "../../test/verifies.ts";
import { newId } from "../platform/ids.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";

const from = { attempt: 1, launch: 1 };
const rule = {
  label: "Approve",
  expires_ms: 3_600_000,
  on_expiry: "reject" as const,
  not_by_requester: false,
  approvers_needed: 1,
};
const question = (callId: string) => ({
  call_id: callId,
  label: "Approve: send_mail",
  preview: null,
  preview_payload: { method: "POST", url: "https://mail.example.com/" },
  proposed: { to: "ada@example.com" },
  rule,
});

/** A run that the edge carries out by itself, in its real object, under way in its attempt's. */
async function startRun() {
  const workerId = await seedWorker("mailer", {});
  const now = Date.now();
  const spec: RunSpec = buildSampleSpec({
    run_id: newId("run", now),
    workspace_id: workspaceIdSchema.parse(ownerWorkspace),
    worker_id: workerIdSchema.parse(workerId),
    worker_name: workerNameSchema.parse("mailer"),
    created_at: now,
    agent: sampleAgent,
  });
  const run = testHost.run(spec.run_id);
  await run.accept(spec, true, now);
  await expect.poll(async () => (await run.read())?.detail.why_waiting).toContain("script");
  return { id: spec.run_id, run };
}

async function ask(run: Awaited<ReturnType<typeof startRun>>["run"], callId: string): Promise<string> {
  const asked = await run.askInPlace(from, question(callId));
  if (asked.kind !== "asked") throw new Error(asked.kind);
  return asked.approval_id;
}

const readApproval = async (id: string) =>
  approvalSchema.parse(await (await callApi("GET", `/api/approvals/${id}`)).json());
const readRun = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

it("a held call is listed, decided once with edits, and its run goes on as the same run", async () => {
  verifies("approvals:in-place:by-every-road");
  const { id: runId, run } = await startRun();
  const id = await ask(run, "call-1");
  expect(await readApproval(id)).toMatchObject({
    kind: "agent_tool",
    status: "pending",
    run_id: runId,
    outputs: { to: "ada@example.com" },
    preview_payload: { url: "https://mail.example.com/" },
  });
  const page = approvalPageSchema.parse(await (await callApi("GET", "/api/approvals?status=pending")).json());
  expect(page.approvals.map((one) => one.id)).toContain(id);
  expect(await readRun(runId)).toMatchObject({ status: "pending_approval", approval_trail: { id } });

  const json = { edited_output: { to: "bo@example.com" }, reason: "To Bo." };
  const decided = await callApi("POST", `/api/approvals/${id}/approve`, { json });
  expect(decisionResultSchema.parse(await decided.json())).toEqual({
    status: "approved",
    approval_id: id,
    run_id: runId,
  });
  expect(await run.answerTo(id)).toMatchObject({
    status: "approved",
    reason: "To Bo.",
    edited_output: json.edited_output,
  });
  expect((await readRun(runId)).status).toBe("running");

  const again = await callApi("POST", `/api/approvals/${id}/reject`, { json: {} });
  expect(again.status).toBe(409);
  expect(problemSchema.parse(await again.json()).code).toBe("approval_decided");
});

it("every question of a run is found by its id, and its review link tells what was decided", async () => {
  verifies("approvals:in-place:by-every-road");
  const { id: runId, run } = await startRun();
  const first = await ask(run, "call-1");
  const link = new URL((await readApproval(first)).public_link ?? "");
  const path = `/api/approvals/public/${first}`;
  const token = link.searchParams.get("token") ?? "";
  expect((await callApi("POST", `${path}/reject?token=${token}`, { json: { reason: "No." } })).status).toBe(
    200,
  );
  const second = await ask(run, "call-2");
  expect(await readApproval(first)).toMatchObject({ status: "rejected", reason: "No." });
  expect(await readApproval(second)).toMatchObject({ status: "pending" });
  const shown = await callApi("GET", `${path}?token=${token}`);
  expect(await shown.json()).toMatchObject({ status: "rejected", preview_payload: null });
  expect((await callApi("POST", `${path}/approve?token=${token}`, { json: {} })).status).toBe(409);
  // By the run's id it is the open question that is decided.
  expect((await callApi("POST", `/api/runs/${runId}/approve`, { json: {} })).status).toBe(200);
  expect(await readApproval(second)).toMatchObject({ status: "approved" });
});

it("a held call is nobody's in another workspace, and a cancel ends it", async () => {
  verifies("approvals:in-place:by-every-road");
  const { id: runId, run } = await startRun();
  const id = await ask(run, "call-1");
  const token = await strangerToken();
  expect((await callApi("GET", `/api/approvals/${id}`, { token })).status).toBe(404);
  expect((await callApi("POST", `/api/runs/${runId}/cancel`)).status).toBeLessThan(300);
  await expect.poll(async () => (await readRun(runId)).status).toBe("cancelled");
  expect((await callApi("POST", `/api/approvals/${id}/approve`, { json: {} })).status).toBe(409);
  // Nothing of its attempt is left awake.
  const journal = await testHost.attempt(runId, 1).readJournal(0, 10);
  expect(journal?.isAlive).toBe(false);
});
