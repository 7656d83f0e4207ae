// Millions of histories of run, queue, schedules and pipelines in the simulators, alone and together:
// `npm run soak -- --histories 1000000 --seed 1`. `--world together` plays in one world only.
// Prints what fails with its seed and steps, and last `N histories, N failed`; exit code 0 only when none has failed.
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import "../../../scripts/local/exit-with-parent.ts";
import { shareOut } from "./stretch.ts";
import type { Order, Stretch, Told } from "./stretch.ts";
import { worlds } from "./worlds.ts";

const PROGRESS_EVERY_MS = 10_000;
/** More failures than anybody reads. */
const MOST_SHOWN = 5;

const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(availableParallelism()) },
    world: { type: "string" },
  },
});
const histories = Number(values.histories);
const firstSeed = Number(values.seed);
const threads = Number(values.workers);
const world = worlds.find((one) => one === values.world) ?? null;
const isCount = (number: number, least: number) => Number.isSafeInteger(number) && number >= least;
const isKnownWorld = values.world === undefined || world !== null;
if (!isCount(histories, 1) || !isCount(firstSeed, 0) || !isCount(threads, 1) || !isKnownWorld) {
  console.error(
    `usage: npm run soak -- [--histories <how many>] [--seed <first seed>] [--workers <threads>] [--world ${worlds.join("|")}]`,
  );
  process.exit(2);
}

let played = 0;
let failed = 0;

function hear(told: Told): void {
  if (told.kind === "played") {
    played += told.count;
    return;
  }
  failed += 1;
  if (failed > MOST_SHOWN) return;
  console.log(`${told.world}, ${told.why}`);
  const where = world === null ? "" : ` --world ${world}`;
  console.log(`Play it again: npm run soak -- --histories 1 --seed ${told.seed}${where}`);
}

async function play(stretch: Stretch): Promise<void> {
  const thread = new Worker(join(import.meta.dirname, "player.ts"), {
    workerData: { ...stretch, world } satisfies Order,
  });
  thread.on("message", hear);
  const [code] = await once(thread, "exit");
  if (code !== 0) throw new Error(`a thread ended with ${String(code)}`);
}

const progress = setInterval(
  () => console.log(`${played.toLocaleString("en-US")} histories, ${failed} failed so far`),
  PROGRESS_EVERY_MS,
);
await Promise.all(shareOut(firstSeed, histories, threads).map(play));
clearInterval(progress);
console.log(`${played} histories, ${failed} failed`);
process.exit(failed === 0 && played === histories ? 0 : 1);
