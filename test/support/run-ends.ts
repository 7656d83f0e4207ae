import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 25;
const DEADLINE_MS = 60_000;

/** What a run has cost, as the edge's log tells. */
export interface RunCost {
  run_id: string;
  /** Rows written by its own object, by its worker's queue and in D1. */
  rows: number;
  /** How long its object was awake, what it waited for included. */
  active_ms: number;
}

/** The `run.ended` line of each run, in the order asked for; waits for those still to come. */
export async function readRunCosts(home: string, runIds: readonly string[]): Promise<RunCost[]> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const ended = readEnds(join(home, "log", "edge.log"));
    const found = runIds.flatMap((id) => ended.get(id) ?? []);
    if (found.length === runIds.length) return found;
    if (performance.now() > deadline)
      throw new Error(`The edge's log tells the end of ${found.length} of ${runIds.length} runs.`);

    await sleep(POLL_MS);
  }
}

function readEnds(file: string): Map<string, RunCost> {
  const lines = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line.includes('"event":"run.ended"'));
  const costs = lines.map((line) => JSON.parse(line.slice(line.indexOf("{"))) as RunCost);
  return new Map(costs.map((cost) => [cost.run_id, cost]));
}
