import { expect, it } from "vitest";
import { contextSummarySchema } from "#contract/contexts/context-bundle";
import { runDetailSchema } from "#contract/runs/run";
import { topologySchema } from "#contract/topology/topology";
import { workerSummarySchema } from "#contract/workers/worker";
import { callApi, ownerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import { openMcp } from "../../test/support/workerd/mcp-client.ts";
import { untouchedDb } from "../../test/support/workerd/untouched-db.ts";
import { authenticate } from "../access/service.ts";
import { readCatalogMark } from "../catalog/mark-store.ts";
import { listVisibleWorkers } from "../catalog/require-worker.ts";
import { accessDeps } from "../compose/access-deps.ts";

const push = (method: "POST" | "PUT", path: string, { title = "Told", context = "" } = {}) => {
  const mounts = context === "" ? "" : `contexts:\n  - name: ${context}\n`;
  const worker_yml = `schema_version: "0.3"\nname: told\ntitle: ${title}\ndescription: Is told of\nversion: "1.0.0"\n${mounts}exec:\n  entry: run.py\n`;
  return callApi(method, path, { json: { worker_yml, run_py: `print("${title}")` } });
};
const list = async () =>
  workerSummarySchema
    .array()
    .parse(await (await callApi("GET", "/api/workers?include_archived=true")).json());
const find = async () => (await list()).find(({ id }) => id === "told");
const act = async (action: string) =>
  expect((await callApi("POST", `/api/workers/told/${action}`, { json: {} })).status).toBe(200);

it("what the mark says is as it was is told without the database, and is asked for where it moved or nobody read it", async () => {
  await push("POST", "/api/workers");
  const headers = { authorization: `Bearer ${ownerToken}` };
  const owner = await authenticate(accessDeps(testHost), new Request("http://floom.test/", { headers }));
  const mark = await readCatalogMark(testHost.db, owner.workspace_id);
  const told = await listVisibleWorkers({ db: testHost.db }, owner, mark);
  expect(told.map(({ worker }) => worker.name)).toEqual(["told"]);
  expect(await listVisibleWorkers({ db: untouchedDb }, owner, mark)).toEqual(told);
  await expect(listVisibleWorkers({ db: untouchedDb }, owner, mark + 1)).rejects.toThrow();
  await expect(listVisibleWorkers({ db: untouchedDb }, owner)).rejects.toThrow();
});

it("a list tells of each change right after it: a worker, a version, a pause, an archive, a folder, a run, an end", async () => {
  expect(await find()).toBeUndefined();
  await push("POST", "/api/workers");
  expect(await find()).toMatchObject({ name: "Told", version: 1, status: "ready", last_run: null });
  await push("PUT", "/api/workers/told", { title: "Told again" });
  expect(await find()).toMatchObject({ name: "Told again", version: 2 });
  await act("pause");
  expect(await find()).toMatchObject({ paused: true });
  await act("resume");
  expect(await find()).toMatchObject({ paused: false });
  await callApi("PUT", "/api/workers/told/folder", { json: { folder: "shelf" } });
  expect(await find()).toMatchObject({ folder: "shelf" });
  await act("archive");
  expect(await find()).toMatchObject({ archived: true });
  await act("restore");
  expect(await find()).toMatchObject({ archived: false });
  const started = await callApi("POST", "/api/workers/told/runs", { json: { inputs: {} } });
  const { id } = runDetailSchema.parse(await started.json());
  await callApi("POST", `/api/runs/${id}/cancel`, { json: {} });
  await expect.poll(async () => (await find())?.last_run?.id).toBe(id);
  await callApi("DELETE", "/api/workers/told");
  expect(await find()).toBeUndefined();
});

it("whoever else lists workers tells of them as they are: contexts, topology, numbers", async () => {
  const context = async () =>
    contextSummarySchema.array().parse(await (await callApi("GET", "/api/contexts")).json());
  const names = async () =>
    topologySchema.parse(await (await callApi("GET", "/api/topology")).json()).nodes.map(({ name }) => name);
  await callApi("POST", "/api/contexts/handbook", { json: {} });
  expect(await context()).toMatchObject([{ name: "handbook", used_by: [] }]);
  expect(await names()).not.toContain("told");
  await push("POST", "/api/workers", { context: "handbook" });
  expect(await context()).toMatchObject([{ name: "handbook", used_by: ["told"] }]);
  expect(await names()).toContain("told");
});

it("a tool that lists workers tells of what another call has just pushed", async () => {
  const client = await openMcp();
  const names = async () =>
    JSON.stringify((await client.callTool({ name: "worker_list", arguments: {} })).structuredContent);
  expect(await names()).not.toContain("told");
  await push("POST", "/api/workers");
  expect(await names()).toContain("told");
});
