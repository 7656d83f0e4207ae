import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { decisionResultSchema } from "#contract/approvals/approval";
import type { RunnerResult } from "#contract/runner/runner";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, runTokenOf, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { verifies } from "../../test/verifies.ts";
import { sha256Hex } from "../platform/crypto.ts";
import type { RunRecord } from "../runs/record/run-storage.ts";

const plan = "mail everybody";
const plans = {
  name: "plan",
  kind: "file" as const,
  type: "file",
  label: "Plan",
  required: true,
  media_type: "text/markdown",
  path: "out/plan.md",
};

async function readRun(id: string) {
  return runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
}

/** A run whose script has ended with these outputs and, if told so, left its plan as a file. */
async function endRun(name: string, result: Partial<RunnerResult>, withFile = false) {
  const { id } = runDetailSchema.parse(
    await (await callApi("POST", `/api/workers/${name}/runs`, { json: {} })).json(),
  );
  await expect.poll(async () => (await readRun(id)).attempt).toBe(1);
  const token = await runTokenOf(id);
  const sha256 = await sha256Hex(plan);
  const file = { kind: "output" as const, name: "plan", path: "out/plan.md", media_type: "text/markdown" };
  const entry = { type: "file" as const, at: Date.now(), ...file, size_bytes: plan.length, sha256 };
  if (withFile) {
    const where = `/api/runs/${id}/runner/files?attempt=1&path=out/plan.md&sha256=${sha256}`;
    const headers = { "content-type": "application/octet-stream", "content-length": String(plan.length) };
    expect((await callApi("PUT", where, { token, headers, body: plan })).status).toBe(200);
  }
  const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
    token,
    headers: { "content-type": "application/x-ndjson" },
    body: toJournal([...(withFile ? [entry] : []), resultEntry(result)]) as BodyInit,
  });
  expect(posted.status).toBe(200);
  return id;
}

async function isHeld(id: string): Promise<void> {
  await expect.poll(async () => (await readRun(id)).status).toBe("pending_approval");
}

it("a worker that requires approval is held though its script does not ask, and shows its outputs", async () => {
  verifies("approvals:required:always-holds");
  await seedWorker("quiet", { approvals: { required: true, label: "Send it" } });
  const id = await endRun("quiet", { outputs: { plan } });
  await isHeld(id);
  const { approval_trail: trail } = await readRun(id);
  const approval: unknown = await (await callApi("GET", `/api/approvals/${trail?.id}`)).json();
  expect(approval).toMatchObject({ label: "Send it", preview: null, outputs: { plan } });
});

it("outputs that break their declaration are no question, where the script did not ask before it was done", async () => {
  verifies("approvals:required:always-holds");
  await seedWorker("wrong", { approvals: { required: true, label: "Send it" }, outputs: [plans] });
  const id = await endRun("wrong", { outputs: {} });
  await expect.poll(async () => (await readRun(id)).status).toBe("failed");
});

it("members that are null decide as if they were not there", async () => {
  verifies("approvals:decide:null-is-absent");
  await seedWorker("quiet", { approvals: { required: true, label: "Send it" } });
  const id = await endRun("quiet", { outputs: { plan } });
  await isHeld(id);
  const json = { edited_output: null, annotations: null, reason: null, comment: null };
  const answer = await callApi("POST", `/api/runs/${id}/approve`, { json });
  const followUp = await readRun(decisionResultSchema.parse(await answer.json()).run_id);
  expect(followUp.inputs).toMatchObject({ decision: "approved", approved_output: { plan } });
});

it("a file that is to be approved can be opened by who decides, and is there for the follow-up", async () => {
  verifies("approvals:files:opened-and-handed-over");
  await seedWorker("filing", { approvals: { required: true, label: "Send it" }, outputs: [plans] });
  const id = await endRun("filing", { outputs: { plan: "out/plan.md" } }, true);
  await isHeld(id);
  const { approval_trail: trail, artifacts } = await readRun(id);
  const [artifact] = artifacts;
  const link = new URL(trail?.link ?? "");
  const token = link.searchParams.get("token");
  const byLink = `/api/approvals/public/${trail?.id}/artifacts/${artifact?.id}/download?token=${token}`;
  const byToken = `/api/approvals/${trail?.id}/artifacts/${artifact?.id}/download`;
  expect(await (await callApi("GET", byLink, { token: "" })).text()).toBe(plan);
  expect(await (await callApi("GET", byToken)).text()).toBe(plan);
  const page = await (await callApi("GET", `${link.pathname}${link.search}`, { token: "" })).text();
  expect(page).toContain(`/artifacts/${artifact?.id}/download?token=`);

  for (const wrong of [byLink.replace(/token=.*/, "token=x"), byLink.replace(/\?.*/, "")])
    expect((await callApi("GET", wrong, { token: "" })).status).toBe(401);
  const other = byToken.replace(artifact?.id ?? "", `art_${"0".repeat(26)}`);
  expect((await callApi("GET", other)).status).toBe(404);

  const decided = await callApi("POST", `/api/runs/${id}/approve`, { json: {} });
  const { run_id: followUp } = decisionResultSchema.parse(await decided.json());
  expect((await callApi("GET", byLink, { token: "" })).status).toBe(404);
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(followUp));
  const filesOf = async (_instance: unknown, state: DurableObjectState) =>
    state.storage.kv.get<RunRecord>("run")?.spec.input_files;
  await expect
    .poll(() => runInDurableObject(stub, filesOf))
    .toEqual([{ name: "plan", path: "out/plan.md", sha256: await sha256Hex(plan), run_id: id }]);
});
