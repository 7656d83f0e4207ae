import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { routes } from "#contract/routes";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "../e2e/story.ts";

const rootDir = resolve(import.meta.dirname, "..", "..");
let floom: FloomInstance;
let cwd: string;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  cwd = await mkdtemp(join(tmpdir(), "floom-gateway-"));
});
afterAll(async () => {
  await floom.stop();
  await rm(cwd, { recursive: true });
});

it("a gateway's worker and pipeline are imported, pushed, let in and run", async () => {
  verifies("gateway:import");
  await writeFile(
    join(cwd, "w.yaml"),
    "name: labeller\nsystem_prompt: Give the text a label.\ninput_schema: {type: object, required: [text], properties: {text: {type: string}}}\noutput_schema: {type: object, required: [label], properties: {label: {type: string}}}\n",
  );
  await writeFile(
    join(cwd, "p.yaml"),
    "name: twice\npipeline_stages:\n  - {name: first, worker_type: labeller, input_mapping: {text: goal.context.text}}\n  - {name: second, worker_type: labeller, input_mapping: {text: first.output.label}}\n",
  );
  await writeFile(
    join(cwd, "gateway.yaml"),
    "name: demo\ntools:\n  workers: [{config: w.yaml, name: docs.label}]\n  pipelines: [{config: p.yaml, name: label_twice}]\n",
  );
  const { FLOOM_API_URL: _url, FLOOM_TOKEN: _token, ...others } = process.env;
  const env = { ...others, FLOOM_HOME: floom.home, NO_COLOR: "1" };
  const cli = join(rootDir, "cli", "bin", "floom.mjs");
  const called = spawnSync("node", [cli, "gateway", "import", "gateway.yaml", "--push", "--json"], {
    cwd,
    env,
    encoding: "utf8",
  });
  expect(called.stderr).toBe("");
  expect(called.status).toBe(0);
  const report = JSON.parse(called.stdout) as { pushed: { worker: string; version: number }[] };
  expect(report.pushed).toEqual([
    { worker: "docs-label", version: 1 },
    { worker: "label-twice", version: 1 },
  ]);
  const client = connect(floom);
  for (const { worker, version } of report.pushed)
    await client.call(routes.promoteVersion, { params: { worker, version: String(version) } });
  const { id } = await startRun(client, "label-twice", { text: "A bill." });
  const ended = await waitForEnd(client, id);
  expect(ended.status).toBe("completed");
  expect(ended.stages.map(({ name, worker, status }) => [name, worker, status])).toEqual([
    ["first", "docs-label", "completed"],
    ["second", "docs-label", "completed"],
  ]);
});
