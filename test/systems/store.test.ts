import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "#contract/routes";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd, waitForProgress } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

const callProgram = promisify(execFile);
const worker = "counts-runs";
const RUNS = 6;

const worker_yml = `schema_version: "0.3"
name: ${worker}
title: Counts runs
version: 0.1.0
transactional: true
exec:
  entry: run.py
  inputs:
    - {name: breaks, type: boolean, required: true}
  outputs:
    - {name: seen, type: integer}
limits: {timeout_seconds: 120}
`;
const run_py = `import floom
def run(inputs, context):
    floom.store.increment("runs")
    floom.store.set("last", 2**63 - 1)
    floom.store.execute("CREATE TABLE IF NOT EXISTS log (run TEXT)")
    floom.store.execute("INSERT INTO log VALUES (?)", [floom.context.run_id])
    floom.store.workspace.increment("runs of all")
    floom.progress(50)
    if inputs["breaks"]:
        raise RuntimeError("broke after it had written")
    return {"seen": len(floom.store.query("SELECT run FROM log"))}
`;

let floom: FloomInstance;
let client: FloomClient;

beforeAll(async () => {
  floom = await startFloom({ seed: false });
  client = connect(floom);
  await client.call(routes.createWorker, { json: { worker_yml, run_py } });
});
afterAll(() => floom.stop());

/** What `floom store` prints. */
async function store(...words: string[]): Promise<string> {
  const env = { ...process.env, FLOOM_HOME: floom.home, FLOOM_API_URL: floom.url };
  const { stdout } = await callProgram("node", ["cli/bin/floom.mjs", "store", ...words], { env });
  return stdout.trimEnd();
}

test("what runs write is kept once for each that succeeds, though the edge is killed while they end", async () => {
  verifies("store:run:all-or-nothing");
  const runs = [];
  for (let count = 0; count < RUNS; count++)
    runs.push((await startRun(client, worker, { breaks: count % 3 === 2 })).id);
  for (const id of runs.slice(0, 3)) {
    await waitForProgress(client, id, 50);
    const edge = floom.pids().edge;
    floom.killEdge();
    await floom.waitUntilBack({ edge });
  }
  const ended = await Promise.all(runs.map((id) => waitForEnd(client, id)));
  const good = ended.filter(({ status }) => status === "completed").map(({ id }) => id);
  expect(ended.map(({ status }) => status).filter((status) => status === "failed")).toHaveLength(2);
  // The end is told before its writes are handed over, which is begun again where the edge was killed between the two.
  await expect.poll(async () => store("get", "runs", "-w", worker)).toBe(String(good.length));
  expect(await store("get", "runs of all")).toBe(String(good.length));
  expect(await store("get", "last", "-w", worker)).toBe("9223372036854775807");
  const { rows } = await client.call(routes.queryStore, {
    query: { worker },
    json: { sql: "SELECT run FROM log ORDER BY run" },
  });
  expect(rows.flat()).toEqual(good.toSorted());
});
