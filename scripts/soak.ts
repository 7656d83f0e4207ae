// Millions of histories of the simulators: `npm run soak -- --runs 1000000 --seed 1`. Prints the seed that fails.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";

const CHUNK = 10_000;
const files = [
  "test/simulation/run-lifecycle.test.ts",
  "test/simulation/worker-queue.test.ts",
  "test/simulation/schedules.test.ts",
];
const everyHistory = ["-t", "in every history"];

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
  },
});
const runs = Number(values.runs);
const firstSeed = Number(values.seed);
if (!Number.isSafeInteger(runs) || !Number.isSafeInteger(firstSeed) || runs < 1) {
  console.error("usage: npm run soak -- [--runs <histories>] [--seed <first seed>]");
  process.exit(2);
}

/** Plays the histories of some seeds; the output when one fails, null when none does. */
async function play(seed: number, count: number): Promise<string | null> {
  const child = spawn(
    process.execPath,
    [
      "node_modules/vitest/vitest.mjs",
      "run",
      "--silent",
      "--project",
      "unit",
      "--testTimeout",
      "3600000",
      ...everyHistory,
      ...files,
    ],
    {
      env: { ...process.env, FLOOM_SIM_SEED: String(seed), FLOOM_SIM_RUNS: String(count), NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const output: Buffer[] = [];
  child.stdout.on("data", (data: Buffer) => output.push(data));
  child.stderr.on("data", (data: Buffer) => output.push(data));
  await once(child, "close");
  return child.exitCode === 0 ? null : Buffer.concat(output).toString("utf8");
}

for (let done = 0; done < runs; done += CHUNK) {
  const count = Math.min(CHUNK, runs - done);
  const failure = await play(firstSeed + done, count);
  if (failure !== null) {
    console.log(failure);
    const seed = /seed (\d+):/.exec(failure)?.[1];
    if (seed !== undefined) console.log(`Play it again: npm run soak -- --seed ${seed} --runs 1`);
    process.exit(1);
  }
  console.log(`${(done + count).toLocaleString("en-US")} histories of each simulator, none fails`);
}
