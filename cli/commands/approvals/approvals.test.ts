import { afterEach, expect, it } from "vitest";
import { workerNameSchema } from "#contract/ids";
import { approvalSchema, approveRequestSchema } from "#contract/approvals/approval";
import type { Approval } from "#contract/approvals/approval";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge, writeEvents } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleEvents, sampleRun, sampleRunId } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

const approvalId = approvalSchema.shape.id.parse("apr_01j9zzzzzzzzzzzzzzzzzzzzzz");
const time = "2026-01-01T00:00:00.000Z";
const link = "http://127.0.0.1:8787/approvals/review?id=a&token=b";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

function sampleApproval(change: Partial<Approval> = {}): Approval {
  return {
    id: approvalId,
    run_id: sampleRunId,
    kind: "workflow",
    worker_id: workerNameSchema.parse("outbound"),
    worker_name: "Outbound",
    status: "pending",
    label: "Send to Ada",
    preview: "Hello",
    preview_type: "email",
    preview_payload: null,
    type: "email",
    outputs: { body: "Hello" },
    artifacts: [],
    created_at: time,
    expires_at: time,
    decided_at: null,
    on_expiry: "reject",
    approvers_needed: 1,
    reason: null,
    edited_output: null,
    annotations: null,
    follow_up_run_id: null,
    owner_id: "wsp",
    inputs: {},
    decision_input_json: "{}",
    edited_output_json: null,
    requested_by: null,
    not_by_requester: false,
    decide_in_client: false,
    votes: [],
    public_link: link,
    ...change,
  };
}

const asking = sampleRun({
  status: "pending_approval",
  approval_status: "pending",
  approval_trail: {
    id: approvalId,
    status: "pending",
    kind: "approval",
    label: "Send to Ada",
    preview: "Hello",
    created_at: time,
    expires_at: time,
    decided_at: null,
    reason: null,
    follow_up_run_id: null,
    decide_in_client: false,
    link,
  },
});

it("a run that asks is shown with what to do, and counts as well done", async () => {
  verifies("approvals:cli:run-shows-what-to-do");
  const events = sampleEvents().filter((event) => event.type !== "close");
  edge = await startFakeEdge({
    startRun: () => asking,
    getRun: () => asking,
    streamRunEvents: ({ response }) =>
      writeEvents(response, [
        ...events,
        {
          type: "status",
          seq: 99,
          timestamp: time,
          run_id: sampleRunId,
          status: "pending_approval",
          attempt: 1,
          why_waiting: "Waiting",
          error: null,
          failure: null,
          completed_at: null,
          duration_ms: 1,
          approval_id: approvalId,
          label: "Send to Ada",
        },
      ]),
  });
  const { exitCode, stderr } = await callCli(["run", "outbound"], { edge });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`floom approvals approve ${approvalId}`);
  expect(stderr).toContain("Send to Ada");
  expect(stderr).toContain(link);
});

it("the record of a run tells what it asked, how to decide, and what followed", async () => {
  const { approval_trail: trail } = asking;
  if (trail === null) throw new Error("The sample asks.");
  const decided = { ...trail, status: "approved" as const, reason: "Fine.", follow_up_run_id: sampleRunId };
  const records = [asking, sampleRun({ approval_status: "approved", approval_trail: decided })];
  edge = await startFakeEdge({ getRun: () => records.shift() ?? asking });
  const open = await callCli(["runs", "show", sampleRunId], { edge });
  expect(open.stdout).toContain(`floom approvals approve ${approvalId}`);
  const after = await callCli(["runs", "show", sampleRunId], { edge });
  expect(after.stdout).toMatch(/reason +Fine\./);
  expect(after.stdout).toMatch(new RegExp(`followed by +${sampleRunId}`));
  expect(after.stdout).not.toContain("floom approvals");
  const outside = { ...trail, kind: "await_external" as const, label: "the order" };
  records.push(sampleRun({ status: "pending_approval", approval_trail: outside }));
  const awaiting = await callCli(["runs", "show", sampleRunId], { edge });
  expect(awaiting.stdout).toMatch(/awaits +the order: it has not come yet/);
  expect(awaiting.stdout).not.toContain("floom approvals");
});

it("approvals are listed and shown with all that they would let out", async () => {
  verifies("approvals:inbox:list-count-show");
  edge = await startFakeEdge({
    listApprovals: () => ({ approvals: [sampleApproval()], next_cursor: null }),
    getApproval: () => sampleApproval(),
  });
  expect((await callCli(["approvals", "list"], { edge })).stdout).toContain("Send to Ada");
  expect(edge.requests[0]?.query).toMatchObject({ status: "pending" });
  await callCli(["approvals", "list", "--worker", "outbound"], { edge });
  expect(edge.requests[1]?.query).toMatchObject({ status: "pending", worker: "outbound" });
  const { stdout } = await callCli(["approvals", "show", approvalId], { edge });
  for (const text of ["output body", "Hello", link]) expect(stdout).toContain(text);
});

it("an approval with edits is sent as such, by the approval or by the run", async () => {
  verifies("approvals:approve:edits");
  const answer = () => ({ status: "approved", approval_id: approvalId, run_id: sampleRunId });
  edge = await startFakeEdge({ approveApproval: answer, approveRun: answer, rejectRun: answer });
  const words = ["--edit", '{"body":"Hi"}', "--comment", "Shorter"];
  const { exitCode, stdout } = await callCli(["approvals", "approve", approvalId, ...words], { edge });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${approvalId} approved\n` });
  expect(approveRequestSchema.parse(edge.requests[0]?.json())).toEqual({
    edited_output: { body: "Hi" },
    reason: "Shorter",
  });
  await callCli(["runs", "approve", sampleRunId], { edge });
  await callCli(["runs", "reject", sampleRunId, "--reason", "No"], { edge });
  expect(edge.requests.slice(1).map(({ routeId }) => routeId)).toEqual(["approveRun", "rejectRun"]);
  expect((await callCli(["approvals", "approve", approvalId, "--edit", "[1]"], { edge })).exitCode).toBe(2);
});

it("a second decision ends with the exit code of a conflict, and says what was decided", async () => {
  verifies("approvals:decide:first-wins");
  edge = await startFakeEdge({
    approveApproval: () => {
      throw new FakeProblem("approval_decided", "Approval already decided: rejected.");
    },
  });
  const { exitCode, stderr } = await callCli(["approvals", "approve", approvalId], { edge });
  expect(exitCode).toBe(5);
  expect(stderr).toContain("already decided: rejected");
});
