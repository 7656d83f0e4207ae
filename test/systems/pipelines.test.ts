import { expect, test } from "vitest";
import { routes } from "#contract/routes";
import { startFloom } from "../support/floom-instance.ts";
import type { FloomInstance } from "../support/floom-instance.ts";
import { packBundle } from "../support/runner/start-runner.ts";
import { createRandom } from "../support/random.ts";
import type { Random } from "../support/random.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "../e2e/story.ts";
import type { FloomClient } from "../e2e/story.ts";

/** `FLOOM_CHAOS_PIPELINES=200` is the long one; `FLOOM_CHAOS_SEED` draws other pipelines. */
const PIPELINES = Number(process.env["FLOOM_CHAOS_PIPELINES"] ?? 3);
const SEED = Number(process.env["FLOOM_CHAOS_SEED"] ?? 1);
const SHAPES = Math.min(PIPELINES, 8);
/** As many as are started before the next ones wait for some to end. */
const AT_ONCE = 10;

const counter = {
  "worker.yml":
    'schema_version: "0.3"\nname: adds-one\ntitle: Adds one\nversion: 0.1.0\n' +
    "exec: { entry: run.py, inputs: [{ name: n, type: integer, required: true }], outputs: [{ name: n, type: integer, required: true }] }\n",
  "run.py": 'def run(inputs, context):\n    return {"n": inputs["n"] + 1}\n',
};

/** A pipeline of five to twenty stages, each of which adds one to the sum of those that it reads. */
function draw(random: Random, name: string): { yaml: string; values: number[] } {
  const values: number[] = [];
  const count = 5 + random.below(PIPELINES > 3 ? 16 : 4);
  const stages = Array.from({ length: count }, (_, at) => {
    const reads = Array.from({ length: at }, (_unused, of) => of).filter(() => random.chance(2 / (at + 1)));
    values.push(1 + reads.reduce((sum, of) => sum + (values[of] ?? 0), 0));
    const sum = reads.length === 0 ? "0" : reads.map((of) => `s${of}.outputs.n`).join(" + ");
    return `  - { name: s${at}, worker: adds-one, input: { n: int(${sum}) } }\n`;
  });
  const yaml =
    `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: 0.1.0\nexec: { mode: pipeline }\n` +
    `limits: { timeout_seconds: 900 }\nstages:\n${stages.join("")}`;
  return { yaml, values };
}

const killBoth = (floom: FloomInstance) => () => {
  floom.killEdge();
  floom.killSandbox();
};

/** How many stages of these runs are over. */
async function countOver(client: FloomClient, ids: readonly string[]): Promise<number> {
  const runs = await Promise.all(ids.map((run) => client.call(routes.getRun, { params: { run } })));
  const failed = runs.find(({ status }) => status === "failed");
  if (failed !== undefined) throw new Error(`${failed.id} failed: ${failed.failure?.message ?? ""}`);
  return runs.flatMap(({ stages }) => stages).filter(({ status }) => status === "completed").length;
}

test.concurrent(
  "pipelines outlive kill -9 of the edge, of the sandbox server and of both: each stage has one run, and none is lost",
  async () => {
    verifies("pipelines:chaos:each-stage-once");
    const floom = await startFloom({ seed: false });
    try {
      const client = connect(floom);
      const push = async (worker: string, files: Record<string, string>) => {
        const body = new Uint8Array(await packBundle(files));
        const headers = { "content-type": "application/zip" };
        await client.call(routes.putWorkerBundle, { params: { worker }, body, headers });
      };
      await push("adds-one", counter);
      const random = createRandom(SEED);
      const shapes = Array.from({ length: SHAPES }, (_, at) => ({
        name: `shape-${at}`,
        ...draw(random, `shape-${at}`),
      }));
      for (const { name, yaml } of shapes) await push(name, { "worker.yml": yaml });

      for (let first = 0; first < PIPELINES; first += AT_ONCE) {
        const wave = Array.from(
          { length: Math.min(AT_ONCE, PIPELINES - first) },
          (_, at) => shapes[(first + at) % SHAPES],
        );
        const under = wave.filter((shape) => shape !== undefined);
        const ids: string[] = [];
        for (const { name } of under) ids.push((await startRun(client, name, {})).id);
        const all = under.reduce((sum, { values }) => sum + values.length, 0);
        for (const [at, kill] of [floom.killEdge, floom.killSandbox, killBoth(floom)].entries()) {
          await expect
            .poll(() => countOver(client, ids), { timeout: 240_000 })
            .toBeGreaterThanOrEqual((all * (at + 1)) / 5);
          const before = floom.pids();
          kill();
          await floom.waitUntilBack({
            ...(at === 1 ? {} : { edge: before.edge }),
            ...(at === 0 ? {} : { sandbox: before.sandbox }),
          });
        }
        for (const [at, { values }] of under.entries()) {
          const run = await waitForEnd(client, ids[at] ?? "");
          expect(run, JSON.stringify(run.failure)).toMatchObject({ status: "completed" });
          expect(values.map((_, stage) => run.outputs[`s${stage}`])).toEqual(values.map((n) => ({ n })));
          const children = await client.call(routes.listChildRuns, { params: { run: run.id } });
          expect(children.map(({ status }) => status)).toEqual(values.map(() => "completed"));
        }
      }
    } finally {
      await floom.stop();
    }
  },
  Math.max(180_000, PIPELINES * 20_000),
);
