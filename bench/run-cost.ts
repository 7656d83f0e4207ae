import { setTimeout as sleep } from "node:timers/promises";
import { routes } from "#contract/routes";
import { readRunCosts } from "../test/support/run-ends.ts";
import type { BenchFloom } from "./bench-floom.ts";
import type { Measurement } from "./measurement.ts";

const RUNS = 10;
const PAUSE_MS = 250;

/** What a short script run costs where the platform pays: rows written everywhere, and its object's time awake. */
export async function measureRunCost({ client, home }: BenchFloom): Promise<Measurement[]> {
  const ids: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    await sleep(PAUSE_MS);
    const options = { params: { worker: "hello-worker" }, query: { wait: 30 } };
    ids.push((await client.call(routes.startRun, { ...options, json: { inputs: { name: "Ada" } } })).id);
  }
  const costs = await readRunCosts(home, ids);
  return [
    {
      id: "rows_per_run",
      title: "rows written per short run, all objects and D1",
      unit: "rows",
      samples: costs.map(({ rows }) => rows),
      floor: null,
    },
    {
      id: "active_ms_per_run",
      title: "time the run's object is awake, I/O included",
      unit: "ms",
      samples: costs.map(({ active_ms }) => active_ms),
      floor: null,
    },
  ];
}
