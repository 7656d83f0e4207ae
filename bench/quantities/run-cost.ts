import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { routes } from "#contract/routes";
import { readRunCosts } from "../../test/support/run-ends.ts";
import type { RunCost } from "../../test/support/run-ends.ts";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";

const RUNS = 10;
const PAUSE_MS = 250;

/** What a short script run costs where the platform pays: rows written everywhere, and its object's time awake. */
export async function measureRunCost(floom: BenchFloom): Promise<Measurement[]> {
  const plain = await takeCosts(floom, () => ({}));
  const keyed = await takeCosts(floom, () => ({ "idempotency-key": randomUUID() }));
  return [
    {
      id: "short_run_rows",
      title: "rows written per short run, all objects and D1",
      unit: "rows",
      samples: plain.map(({ rows }) => rows),
      floor: null,
    },
    {
      id: "keyed_run_rows",
      title: "the same of a run with an idempotency key",
      unit: "rows",
      samples: keyed.map(({ rows }) => rows),
      floor: null,
    },
    {
      id: "active_ms_per_run",
      title: "time the run's object is awake, I/O included",
      unit: "ms",
      samples: plain.map(({ active_ms }) => active_ms),
      floor: null,
    },
  ];
}

async function takeCosts(
  { client, home }: BenchFloom,
  buildHeaders: () => Record<string, string>,
): Promise<RunCost[]> {
  const ids: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    await sleep(PAUSE_MS);
    const options = { params: { worker: "hello-worker" }, query: { wait: 30 }, headers: buildHeaders() };
    ids.push((await client.call(routes.startRun, { ...options, json: { inputs: { name: "Ada" } } })).id);
  }
  return readRunCosts(home, ids);
}
