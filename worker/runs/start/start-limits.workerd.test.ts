import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, seedWorker } from "../../../test/support/workerd/api-harness.ts";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { buildTestSpec } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import { findApprovalRow, putApprovalRow } from "../../approvals/store.ts";
import { newId } from "../../platform/ids.ts";
import { createDb } from "../../platform/db/client.ts";
import type { Hold } from "../lifecycle/hold-state.ts";
import { buildApproval } from "../record/build-approval.ts";

const KIB = 1024;
const wide = (characters: number) => `${"a".repeat(characters - 2)}🙂`;

it("the widest inputs that are taken start a run, and inputs that could not be kept are refused by their size", async () => {
  verifies("run:limits:two-million-bytes");
  await seedWorker("wide", {
    inputs: [{ name: "data", kind: "scalar", type: "json", label: "Data", required: true }],
  });
  const begin = (data: unknown) => callApi("POST", "/api/workers/wide/runs", { json: { inputs: { data } } });
  const taken = await begin({ text: wide(254 * KIB) });
  expect(taken.status).toBe(202);
  const { id } = runDetailSchema.parse(await taken.json());
  await expect.poll(async () => (await callApi("GET", `/api/runs/${id}`)).status).toBe(200);

  // One fraction among whole numbers makes all of them take several times what they do as JSON.
  const refused = await begin([0.5, ...Array<number>(120 * KIB).fill(1)]);
  expect(refused.status).toBe(422);
  const problem = problemSchema.parse(await refused.json());
  expect(problem).toMatchObject({
    code: "invalid_inputs",
    errors: [{ pointer: "/inputs", code: "too_large" }],
  });
  expect(problem.detail).toContain("more room than can be kept");
});

it("the largest approval that may be decided is kept in its row and read back to the letter", async () => {
  verifies("run:limits:two-million-bytes");
  const quoted = '"'.repeat(127 * KIB);
  const spec = buildTestSpec({ given_inputs: { text: quoted } });
  const edited = { text: quoted };
  const word = { reason: null, edited_output: edited, annotations: null, at: 2 };
  const hold: Hold = {
    kind: "approval",
    approval_id: newId("apr", 1),
    label: "Send",
    preview: "\n".repeat(60 * KIB),
    preview_type: null,
    preview_payload: null,
    key: null,
    link_token: null,
    requester: null,
    since: 1,
    expires_at: 3,
    on_expiry: "reject",
    not_by_requester: false,
    approvers_needed: 1,
    parked: true,
    outcome: { status: "completed", failure: null, outputs: { text: quoted.slice(0, 60 * KIB) } },
    votes: [{ ...word, principal: "tok_1", decision: "approved" }],
    verdict: { ...word, status: "approved", external_result: null, follow_up_run_id: numberedId("run", 78) },
  };
  const approval = buildApproval(spec, hold, []);
  const db = createDb(env.DB);
  await putApprovalRow(db, approval);
  expect(await findApprovalRow(db, spec.workspace_id, hold.approval_id)).toEqual(approval);
});

it("a time limit beyond the life of a sandbox is refused when it is pushed, and when an older version is started", async () => {
  verifies("run:limits:sandbox-life");
  const yml = (seconds: number) =>
    `schema_version: "0.3"\nname: patient\ntitle: Patient\nversion: "1.0.0"\nlimits:\n  timeout_seconds: ${seconds}\nexec:\n  entry: run.py\n`;
  const push = (seconds: number) =>
    callApi("POST", "/api/workers", { json: { worker_yml: yml(seconds), run_py: "print(1)" } });
  const refused = await push(3301);
  expect(refused.status).toBe(422);
  const problem = problemSchema.parse(await refused.json());
  expect(problem).toMatchObject({
    code: "invalid_manifest",
    errors: [{ pointer: "/limits/timeout_seconds" }],
  });
  expect(problem.detail).toContain("at most 3300 are possible here");

  expect((await push(3300)).status).toBe(201);
  const start = () => callApi("POST", "/api/workers/patient/runs", { json: {} });
  expect((await start()).status).toBe(202);
  // As a version that was pushed under another plan.
  await env.DB.prepare(
    "UPDATE versions SET signature = 'older', manifest = json_set(manifest, '$.limits.timeout_seconds', 3600) WHERE worker_id = (SELECT id FROM workers WHERE name = 'patient')",
  ).run();
  const late = problemSchema.parse(await (await start()).json());
  expect(late).toMatchObject({ code: "worker_not_runnable" });
  expect(late.detail).toContain("limits.timeout_seconds is 3600, and at most 3300 are possible here");
});
