// `npm run chaos -- --runs 500 --seed 1`: a whole Floom of its own under random kill -9 while runs arrive.
// The seed fixes what is killed when, and what arrives. With `--faults` the network between the parts lies, stalls and
// repeats as well. Prints one line a finding, and last
// `N runs, 0 lost, 0 doubled, 0 stuck`; exit code 0 only when nothing was found. `--keep` leaves its home for a look.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import "./local/exit-with-parent.ts";
import { runChaos } from "./chaos/run-chaos.ts";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    faults: { type: "boolean", default: false },
    keep: { type: "boolean", default: false },
  },
});

const say = (line: string): void => console.log(line);
const folder = mkdtempSync(join(tmpdir(), "floom-chaos-"));
const runs = Number(options.runs);
const seed = Number(options.seed);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed))
  throw new Error("--runs and --seed must be whole numbers, --runs at least 1");

const { faults } = options;
say(`chaos with --runs ${runs} --seed ${seed}${faults ? " --faults" : ""}`);
try {
  const { verdict, kills, disturbed, scheduled, witnessed, ...report } = await runChaos({
    runs,
    seed,
    faults,
    folder,
    say,
  });
  for (const [name, findings] of Object.entries(verdict))
    for (const finding of findings) say(`${name}: ${finding}`);
  const count = (findings: string[]): number => findings.length;
  const missing = runs - report.runs;
  if (missing > 0) say(`stuck: ${missing} orders were never answered`);
  say(
    `${kills} processes killed, ${disturbed} requests disturbed, ${scheduled} starts by schedule, ${witnessed} attempts seen in the process table, ${count(verdict.wrong)} other findings`,
  );
  const stuck = count(verdict.stuck) + missing;
  say(`${report.runs} runs, ${count(verdict.lost)} lost, ${count(verdict.doubled)} doubled, ${stuck} stuck`);
  const found = missing + count(Object.values(verdict).flat());
  process.exitCode = found === 0 ? 0 : 1;
} finally {
  if (options.keep) say(`kept ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
