import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { problemSchema } from "#contract/problem";
import { templateDetailSchema } from "#contract/templates/template";
import { pushResultSchema } from "#contract/workers/worker";
import * as z from "zod";
import { callApi, ownerWorkspace, strangerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";
import { findWorkerVersion } from "../catalog/store.ts";
import { prepareDeps } from "../compose/run-deps.ts";
import { prepareRun } from "../runs/start/prepare-run.ts";

const put = (name: string, template_yml: string, token?: string) =>
  callApi("PUT", `/api/templates/${name}`, {
    json: { template_yml },
    ...(token === undefined ? {} : { token }),
  });
const get = (name: string) => callApi("GET", `/api/templates/${name}`);
const readDetail = async (answer: Response) => templateDetailSchema.parse(await answer.json());
const problemOf = async (answer: Response) => problemSchema.parse(await answer.json());

async function push(name: string, profile: string, files: object[] = []) {
  const worker_yml = `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec:\n  entry: run.py\n  template_profile: ${profile}\n`;
  return callApi("POST", "/api/workers", { json: { worker_yml, run_py: "print(1)\n", files } });
}

/** What a run of the worker that is started now would be. */
async function prepare(workerName: string) {
  const found = await findWorkerVersion(testHost.db, { workspaceId: ownerWorkspace, workerName });
  if (!found) throw new Error("the worker is not there");
  const request = {
    workerName,
    inputs: {},
    triggerSource: "manual",
    triggerRef: null,
    idempotencyKey: null,
  } as const;
  return (await prepareRun(prepareDeps(testHost), { found, request })).run;
}

it("a template is made, replaced, listed and removed by its name", async () => {
  verifies("templates:workspace:by-name");
  const made = await readDetail(await put("sheets", "name: sheets\npip: [openpyxl]\n"));
  expect(made).toMatchObject({ name: "sheets", pip: ["openpyxl"], start_command: null });
  const replaced = await readDetail(await put("sheets", "apt: [jq]\nenv: {A: b}\nstart_command: run-it\n"));
  expect(replaced).toMatchObject({ apt: ["jq"], pip: [], env: { A: "b" }, start_command: "run-it" });
  expect(replaced.provider_name).not.toBe(made.provider_name);
  expect(await readDetail(await get("sheets"))).toEqual(replaced);
  const all = z.array(templateDetailSchema).parse(await (await callApi("GET", "/api/templates")).json());
  expect(all).toContainEqual(replaced);
  expect((await callApi("DELETE", "/api/templates/sheets")).status).toBe(204);
  expect((await callApi("DELETE", "/api/templates/sheets")).status).toBe(404);
  expect((await get("sheets")).status).toBe(404);
});

it("what is wrong with a template is said with its place, and nothing is kept", async () => {
  verifies("templates:file:nothing-smuggled");
  const bad = await problemOf(await put("bad", "pip:\n  - requests; id\n"));
  expect(bad).toMatchObject({ status: 422, code: "invalid_template" });
  expect(bad.errors).toMatchObject([{ file: "template.yml", line: 2, column: 5, pointer: "/pip/0" }]);
  expect(await problemOf(await put("bad", "name: other\n"))).toMatchObject({ code: "invalid_template" });
  expect(await problemOf(await put("..%2Fbad", "pip: [requests]\n"))).toMatchObject({ status: 422 });
  expect(await problemOf(await put("bad", `# ${"x".repeat(17_000)}`))).toMatchObject({ status: 422 });
  expect((await get("bad")).status).toBe(404);
});

it("a workspace has no more templates than it may, and those of another are not counted", async () => {
  const stranger = await strangerToken();
  const most = limits.workspace_templates.value;
  for (let n = 0; n < most; n++) expect((await put(`t${n}`, "npm: [tsx]\n", stranger)).status).toBe(200);
  expect(await problemOf(await put("one-more", "npm: [tsx]\n", stranger))).toMatchObject({
    status: 409,
    code: "too_many_templates",
  });
  expect((await put("t0", "npm: [zx]\n", stranger)).status).toBe(200);
  expect((await put("one-more", "npm: [tsx]\n")).status).toBe(200);
});

it("a worker that names a template which is not there is told at push and refused at start, by its name", async () => {
  verifies("templates:workspace:missing-refused");
  const { warnings } = pushResultSchema.parse(await (await push("wants-it", "plotting")).json());
  expect(warnings).toMatchObject([{ code: "not_available", pointer: "/exec/template_profile", line: 7 }]);
  expect(warnings[0]?.message).toContain("plotting");
  const start = () => callApi("POST", "/api/workers/wants-it/runs", { json: { inputs: {} } });
  const refused = await problemOf(await start());
  expect(refused).toMatchObject({ status: 409, code: "worker_not_runnable" });
  expect(refused.detail).toContain("plotting");
  // Another workspace's is none of this one's.
  await put("plotting", "pip: [other]\n", await strangerToken(["workers:write"]));
  expect((await start()).status).toBe(409);
});

it("a run is started with its workspace's template as that is then, and keeps it", async () => {
  verifies("templates:workspace:by-name");
  await push("plots", "charts");
  const { provider_name } = await readDetail(await put("charts", "pip: [matplotlib]\n"));
  const run = await prepare("plots");
  expect(run.template).toMatchObject({ name: provider_name, spec: { pip: ["matplotlib"] } });
  await put("charts", "pip: [seaborn]\n");
  expect((await prepare("plots")).template).toMatchObject({ spec: { pip: ["seaborn"] } });
});

it("the template called default is that of workers that have and name none, and there need be none", async () => {
  verifies("templates:workspace:default");
  const { warnings } = pushResultSchema.parse(await (await push("says-default", "default")).json());
  expect(warnings).toEqual([]);
  const worker_yml = `schema_version: "0.3"\nname: says-nothing\ntitle: T\nversion: 0.1.0\nexec: {entry: run.py}\n`;
  await callApi("POST", "/api/workers", { json: { worker_yml, run_py: "print(1)\n" } });
  const names = ["says-default", "says-nothing"];
  const specs = async () => Promise.all(names.map(async (name) => (await prepare(name)).template?.spec.pip));
  expect(await specs()).toEqual([undefined, undefined]);
  await put("default", "pip: [requests]\n");
  expect(await specs()).toEqual([["requests"], ["requests"]]);
  expect((await callApi("DELETE", "/api/templates/default")).status).toBe(204);
});

it("a folder with template.yml and a named template is refused: nobody could say which is meant", async () => {
  const files = [{ path: "template.yml", content: "pip: [a]\n", encoding: "utf-8" }];
  const problem = await problemOf(await push("has-two", "charts", files));
  expect(problem).toMatchObject({ code: "invalid_bundle" });
  expect(problem.errors).toMatchObject([{ code: "two_templates", file: "template.yml" }]);
});
