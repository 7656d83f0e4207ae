import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { runSummarySchema } from "#contract/runs/run";
import { pushResultSchema, workerDetailSchema } from "#contract/workers/worker";
import { callApi, ownerToken } from "../../test/support/workerd/api-harness.ts";

const manifestOf = (name: string, more: string, inputs: string) => `schema_version: "0.3"
name: ${name}
title: Tries
version: 0.1.0
exec:
  entry: run.py
  inputs:
    - {name: name, type: string}
${inputs}
${more}`;

const asking = 'import floom\nfloom.approve("Send it", preview="x")\n';

const push = (name: string, { more = "", inputs = "", script = asking } = {}) =>
  callApi("POST", "/api/workers", {
    json: { worker_yml: manifestOf(name, more, inputs), run_py: script },
  });

async function create(name: string, more = "", inputs = "") {
  const answer = await push(name, { more, inputs });
  expect(answer.status).toBe(201);
  const result = pushResultSchema.parse(await answer.json());
  return { warnings: result.warnings.map(({ code }) => code), ...(await show(name)) };
}

async function show(name: string) {
  const shown = await callApi("GET", `/api/workers/${name}`);
  const { limits, approvals } = workerDetailSchema.parse(await shown.json()).config;
  return { seconds: limits.timeout_seconds, isHeld: approvals.required };
}

const set = (json: unknown) => callApi("PATCH", "/api/workspace/settings", { json });

it("what worker.yml leaves open is what the workspace has set at the push, and what it says stays", async () => {
  expect(await create("before")).toEqual({
    warnings: [],
    seconds: limits.run_timeout_default_seconds.value,
    isHeld: false,
  });
  const settings = await set({ default_timeout_seconds: 77, approval_default: "always" });
  expect(await settings.json()).toMatchObject({ default_timeout_seconds: 77, approval_default: "always" });
  expect(await create("open")).toEqual({ warnings: ["held_by_workspace"], seconds: 77, isHeld: true });
  const said = "limits: { timeout_seconds: 5 }\napprovals: { required: false }";
  expect(await create("said", said)).toEqual({ warnings: [], seconds: 5, isHeld: false });
  expect(await show("before")).toEqual({ seconds: limits.run_timeout_default_seconds.value, isHeld: false });
  await set({ default_timeout_seconds: null, approval_default: null });
  expect(await create("after")).toEqual({
    warnings: [],
    seconds: limits.run_timeout_default_seconds.value,
    isHeld: false,
  });
});

it("code that never asks is not pushed where the workspace holds, unless worker.yml says that it need not ask", async () => {
  await set({ approval_default: "always" });
  const script = "print('done')\n";
  const refused = await push("hasty", { script });
  expect(refused.status).toBe(422);
  expect(await refused.json()).toMatchObject({
    code: "invalid_manifest",
    errors: [{ pointer: "/approvals/required", code: "never_asks", file: "worker.yml" }],
  });
  expect((await callApi("GET", "/api/workers/hasty")).status).toBe(404);
  const more = "approvals: { required: false }";
  expect((await push("harmless", { script, more })).status).toBe(201);
});

it("what is there already is left alone, and an agent without code is none that never asks", async () => {
  const script = "print('done')\n";
  const body = { worker_yml: manifestOf("older", "", ""), run_py: script };
  expect((await callApi("POST", "/api/workers", { json: body })).status).toBe(201);
  await set({ approval_default: "always" });
  const put = (run_py: string) =>
    callApi("PUT", "/api/workers/older", { json: { worker_yml: body.worker_yml, run_py } });
  expect((await put(script)).status).toBe(200);
  expect((await put(`${script}print('more')`)).status).toBe(422);
  const agent = manifestOf("agent", "", "").replace("run.py", "SKILL.md");
  const pushed = await callApi("POST", "/api/workers", { json: { worker_yml: agent, skill_md: "# Do it" } });
  expect([pushed.status, await show("agent")]).toMatchObject([201, { isHeld: true }]);
});

it("nobody says of a worker that the workspace holds that it is approved already", async () => {
  await set({ approval_default: "always" });
  await create("held", "", "    - {name: decision, type: string}");
  const started = await callApi("POST", "/api/workers/held/runs", {
    json: { inputs: { decision: "approved" } },
  });
  const { id } = runSummarySchema.parse(await started.json());
  const run = await callApi("GET", `/api/runs/${id}`);
  expect(await run.json()).toMatchObject({ inputs: { decision: "proposed" } });
});

it("settings that are out of bounds are refused with their place, and nothing is changed", async () => {
  for (const json of [
    { default_timeout_seconds: 0 },
    { default_timeout_seconds: 3601 },
    { approval_default: "often" },
  ]) {
    const refused = await set({ ...json, daily_spend_cap_usd: 1 });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: `/${Object.keys(json)[0]}` }] });
  }
  const shown = await callApi("GET", "/api/workspace/settings", { token: ownerToken });
  expect(await shown.json()).toMatchObject({ daily_spend_cap_usd: null });
});
