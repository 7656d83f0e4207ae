// A thread of `npm run soak`: plays a stretch of seeds and tells what it has done.
import { parentPort, workerData } from "node:worker_threads";
import { playHistory } from "./history.ts";
import type { Order, Told } from "./stretch.ts";
import { worldOf } from "./worlds.ts";

const TOLD_EVERY_MS = 1000;

// What the platform notes of failures it meets is what these worlds are made of.
for (const name of ["log", "warn", "error"] as const) console[name] = () => undefined;

const tell = (told: Told): void => parentPort?.postMessage(told);
const { first, last, stride, world } = workerData as Order;
let played = 0;
let toldAt = performance.now();
for (let seed = first; seed <= last; seed += stride) {
  try {
    await playHistory(seed, world ?? worldOf(seed));
  } catch (error) {
    tell({
      kind: "failed",
      seed,
      world: world ?? worldOf(seed),
      why: error instanceof Error ? error.message : String(error),
    });
  }
  played += 1;
  if (performance.now() - toldAt < TOLD_EVERY_MS) continue;
  toldAt = performance.now();
  tell({ kind: "played", count: played });
  played = 0;
}
tell({ kind: "played", count: played });
