import { afterAll, beforeAll, expect, test } from "vitest";
import { ApiProblem } from "#contract/client";
import { routes } from "#contract/routes";
import { rawZip, deflated } from "../support/raw-zip.ts";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

const worker = "keeps-a-diary";
const worker_yml = `schema_version: "0.3"
name: ${worker}
title: Keeps a diary
version: 0.1.0
contexts:
  - handbook
  - {name: diary, writeable: true}
exec:
  entry: run.py
  inputs:
    - {name: breaks, type: boolean, required: true}
  outputs:
    - {name: read, type: string}
limits: {timeout_seconds: 120}
`;
const run_py = `from pathlib import Path
def run(inputs, context):
    read = Path("context/handbook/guide/a.md").read_text()
    for name in ("handbook/guide/a.md", "handbook/new.md", "diary/day.txt"):
        try:
            Path("context", name).write_text("by the script")
        except OSError:
            pass
    if inputs["breaks"]:
        raise RuntimeError("broke after it had written")
    return {"read": read}
`;

let floom: FloomInstance;
let client: FloomClient;

const headers = { "content-type": "application/octet-stream" };
const readText = async (context: string, file: string) =>
  (await client.open(routes.getContextFile, { params: { context, file } })).text();
const versionOf = async (context: string) =>
  (await client.call(routes.getContext, { params: { context } })).version;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  client = connect(floom);
  await client.call(routes.createContext, { params: { context: "handbook" }, json: {} });
  await client.call(routes.createContext, { params: { context: "diary" }, json: { writeable: true } });
  const params = { context: "handbook", file: "guide/a.md" };
  await client.call(routes.putContextFile, { params, body: "by a person", headers });
  await client.call(routes.createWorker, { json: { worker_yml, run_py } });
});
afterAll(() => floom.stop());

test("a script reads what is mounted, changes nothing that is mounted read-only, and its writing becomes one version", async () => {
  verifies("contexts:story:whole-system");
  const { id } = await startRun(client, worker, { breaks: false });
  const run = await waitForEnd(client, id);
  expect([run.status, run.outputs]).toEqual(["completed", { read: "by a person" }]);
  expect(await readText("handbook", "guide/a.md")).toBe("by a person");
  expect(await versionOf("handbook")).toBe(1);
  expect(await readText("diary", "day.txt")).toBe("by the script");
  const [newest] = await client.call(routes.listContextVersions, { params: { context: "diary" } });
  expect([newest?.version, newest?.run_id]).toEqual([1, id]);
});

test("what a script wrote before it failed is in no version", async () => {
  verifies("contexts:story:whole-system");
  const before = await versionOf("diary");
  const params = { context: "diary", file: "day.txt" };
  await client.call(routes.putContextFile, { params, body: "since then by a person", headers });
  const { id } = await startRun(client, worker, { breaks: true });
  expect((await waitForEnd(client, id)).status).toBe("failed");
  expect(await readText("diary", "day.txt")).toBe("since then by a person");
  expect(await versionOf("diary")).toBe(before + 1);
});

test("a zip that inflates beyond what a context may hold is refused, and the edge lives on", async () => {
  verifies("contexts:story:whole-system");
  const bomb = rawZip([deflated("bomb.bin", Buffer.alloc(60 * 1024 * 1024))]);
  const sent = client.call(routes.uploadContext, {
    params: { context: "handbook" },
    headers: { "content-type": "application/zip" },
    body: new Uint8Array(bomb),
  });
  await expect(sent).rejects.toThrow(ApiProblem);
  await expect(sent).rejects.toMatchObject({ problem: { code: "invalid_context" } });
  expect(await versionOf("handbook")).toBe(1);
});
