import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Sandbox } from "e2b";
import { routes } from "#contract/routes";
import { HELLO_DIR } from "../harness/bench-floom.ts";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";

const PLAN = { rounds: 15, warmUps: 3, pauseMs: 250 };
const INPUTS = { name: "Ada" };
const WORK_DIR = "/home/user/bare";
/** Calls the example's function as its author would who has no platform. */
const CALL = `python3 -c "import json, run; print(json.dumps(run.run(json.load(open('inputs.json')), None)))"`;

/**
 * What Floom adds to a short run: from the request to its answer, less the script's own time. The floor is the same
 * script in the same kind of sandbox by hand: create, write the files, run, read the answer.
 */
export async function measureRunOverhead(floom: BenchFloom): Promise<Measurement[]> {
  const script = await readFile(join(HELLO_DIR, "run.py"), "utf8");
  const { subject, floor } = await sampleInTurns(PLAN, {
    subject: () => takeOverhead(floom),
    floor: () => takeBareRun(floom, script),
  });
  return [
    {
      id: "run_overhead",
      title: "run overhead: POST ?wait to answer, less the script",
      unit: "ms",
      samples: subject,
      floor: { title: "the same script by hand through the SDK", samples: floor },
    },
  ];
}

async function takeOverhead({ client }: BenchFloom): Promise<number> {
  const startedAt = performance.now();
  const options = { params: { worker: "hello-worker" }, query: { wait: 30 }, json: { inputs: INPUTS } };
  const run = await client.call(routes.startRun, options);
  const totalMs = performance.now() - startedAt;
  if (run.status !== "completed" || run.usage === null)
    throw new Error(`hello-worker did not complete: ${run.status} ${run.error ?? ""}`);

  return totalMs - run.usage.wall_ms;
}

async function takeBareRun({ sdk }: BenchFloom, script: string): Promise<number> {
  let sandbox: Sandbox | undefined;
  try {
    return await timeOf(async () => {
      sandbox = await Sandbox.create({ ...sdk, timeoutMs: 60_000 });
      await sandbox.files.write([
        { path: `${WORK_DIR}/run.py`, data: script },
        { path: `${WORK_DIR}/inputs.json`, data: JSON.stringify(INPUTS) },
      ]);
      const { stdout } = await sandbox.commands.run(CALL, { cwd: WORK_DIR });
      if (!stdout.includes("Hello, Ada!")) throw new Error(`The bare run printed: ${stdout}`);
    });
  } finally {
    await sandbox?.kill();
  }
}
