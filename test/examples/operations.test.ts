import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import type { Json } from "#contract/json";
import { verifies } from "../verifies.ts";
import { listExamples } from "./example-folders.ts";
import { connect, pushNeeded } from "./run-example.ts";

const client = connect(inject("floom"));
const examples = await listExamples();

function find(name: string) {
  const found = examples.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no example ${name}.`);
  return found;
}

/** Files of an example, with some words of its worker.yml changed. */
async function readFiles(name: string, paths: readonly string[], words: Readonly<Record<string, string>>) {
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(find(name).dir, path), "utf8");
      const changes = path === "worker.yml" ? Object.entries(words) : [];
      return { path, content: changes.reduce((all, [from, to]) => all.replace(from, to), text) };
    }),
  );
}

async function create(files: { path: string; content: string }[]) {
  return client.call(routes.createWorker, { json: { files } });
}

async function run(worker: string, inputs: Record<string, Json>) {
  return client.call(routes.startRun, { params: { worker }, query: { wait: 60 }, json: { inputs } });
}

test("what jobs hold of the GPUs outlives the runs that grant it, and whoever leaves lets the next one in", async () => {
  verifies("examples:orchestrator:grants-outlive-runs");
  const worker = "vram-of-a-test";
  const paths = ["worker.yml", "run.py", "placing.py", "stub.py"];
  await create(await readFiles("vram-orchestrator", paths, { "name: vram-orchestrator": `name: ${worker}` }));
  const first = await run(worker, {
    requests: [
      { grant: "a", gb: 20 },
      { grant: "b", gb: 16 },
      { grant: "c", gb: 3 },
    ],
  });
  expect(first.outputs).toMatchObject({
    answers: [
      { job: "a", state: "granted", gpu: "gpu0" },
      { job: "b", state: "granted", gpu: "gpu1" },
      { job: "c", state: "waiting", gpu: null },
    ],
    waiting: ["c"],
  });
  // Asked for again it is the grant that is there.
  const again = await run(worker, { requests: [{ grant: "a", gb: 20 }] });
  expect(again.outputs).toMatchObject({
    answers: [{ job: "a", state: "granted", gpu: "gpu0" }],
    waiting: ["c"],
  });
  const after = await run(worker, { requests: [{ release: "b" }] });
  expect(after.outputs).toMatchObject({
    answers: [{ job: "b", state: "released" }],
    gpus: [
      { id: "gpu0", jobs: ["a"], free_gb: 2 },
      { id: "gpu1", jobs: ["c"], free_gb: 13 },
    ],
    waiting: [],
  });
});

test("a probe that fails leaves a gap in the briefing, and no morning without one", async () => {
  verifies("examples:daily-ops:a-gap-is-told");
  const worker = "daily-of-a-test";
  const daily = find("daily-ops");
  await pushNeeded(client, daily, examples);
  const dead =
    'schema_version: "0.3"\nname: dead-gpus\ntitle: Dead\nversion: 0.1.0\nexec: { entry: run.py }\n';
  await create([
    { path: "worker.yml", content: dead },
    { path: "run.py", content: 'raise SystemExit("no GPUs")\n' },
  ]);
  const files = await readFiles("daily-ops", ["worker.yml"], {
    "name: daily-ops": `name: ${worker}`,
    "worker: vram-orchestrator": "worker: dead-gpus",
  });
  await create(files);
  const triggers = await client.call(routes.listWorkerTriggers, { params: { worker } });
  expect(triggers).toMatchObject([{ type: "schedule", name: "mornings" }]);
  const { status, stages, outputs } = await run(worker, { services: ["shop", "search"] });
  expect(status).toBe("completed");
  expect(Object.fromEntries(stages.map((stage) => [stage.name, stage.status]))).toEqual({
    services: "completed",
    gpus: "failed",
    tasks: "completed",
    brief: "completed",
  });
  expect(outputs).toMatchObject({ down: [], open_tasks: 4, action_items: [] });
  expect(outputs["briefing"]).toContain("All 2 are well.");
});
