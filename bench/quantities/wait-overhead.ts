import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";
import { spawnHello } from "./spawn-floor.ts";

const WAIT_PLAN = { rounds: 20, warmUps: 3, pauseMs: 300 };
const RATE_PLAN = { rounds: 3, warmUps: 1, pauseMs: 1_500 };
const LANES = 10;
const RUNS_PER_ROUND = 40;
const INPUTS = { name: "Ada" };

/**
 * A run, isolated and kept, against the least that anybody can do for a script: start Python on it and wait. One after
 * the other, and ten at a time.
 */
export async function measureWaitOverhead(floom: BenchFloom): Promise<Measurement[]> {
  const waited = await sampleInTurns(WAIT_PLAN, {
    subject: () => timeOf(() => runHello(floom)),
    floor: () => timeOf(() => spawnHello(INPUTS)),
  });
  const rate = await sampleInTurns(RATE_PLAN, {
    subject: () => rateInLanes(() => runHello(floom)),
    floor: () => rateInLanes(() => spawnHello(INPUTS)),
  });
  return [
    {
      id: "wait_overhead",
      title: "POST ?wait to answer, hello-worker",
      unit: "ms",
      samples: waited.subject,
      floor: { title: "bare python3 of the same script", samples: waited.floor },
    },
    {
      id: "runs_per_second",
      title: `runs of hello-worker, ${LANES} at a time`,
      unit: "/s",
      samples: rate.subject,
      floor: { title: `bare python3, ${LANES} at a time`, samples: rate.floor },
    },
  ];
}

async function runHello({ client }: BenchFloom): Promise<void> {
  const options = { params: { worker: "hello-worker" }, query: { wait: 60 }, json: { inputs: INPUTS } };
  const { status, error } = await client.call(routes.startRun, options);
  if (status !== "completed") throw new Error(`hello-worker did not complete: ${status} ${error ?? ""}`);
}

/** How many a second when several clients ask without pause. */
async function rateInLanes(request: () => Promise<unknown>): Promise<number> {
  const lanes = Array.from({ length: LANES }, async () => {
    for (let sent = 0; sent < RUNS_PER_ROUND / LANES; sent++) await request();
  });
  return (RUNS_PER_ROUND * 1000) / (await timeOf(() => Promise.all(lanes)));
}
