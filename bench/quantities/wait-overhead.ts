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

/** What is measured: which worker, and what its two quantities are called. */
interface Subject {
  worker: string;
  overhead: string;
  rate: string;
  /** Said behind the worker's name. */
  how: string;
}

/**
 * A run, isolated and kept, against the least that anybody can do for a script: start Python on it and wait. One after
 * the other, and ten at a time.
 */
export function measureWaitOverhead(floom: BenchFloom): Promise<Measurement[]> {
  const names = { overhead: "wait_overhead", rate: "runs_per_second", how: "" };
  return measure(floom, { worker: "hello-worker", ...names });
}

/** The same script in sandboxes that runs of its version have one after the other. */
export function measureReuse(floom: BenchFloom): Promise<Measurement[]> {
  const names = { overhead: "reuse_overhead", rate: "reuse_runs_per_second", how: ", exec.reuse" };
  return measure(floom, { worker: "hello-reuse", ...names });
}

async function measure(floom: BenchFloom, { worker, overhead, rate, how }: Subject): Promise<Measurement[]> {
  const runOnce = () => runHello(floom, worker);
  const waited = await sampleInTurns(WAIT_PLAN, {
    subject: () => timeOf(runOnce),
    floor: () => timeOf(() => spawnHello(INPUTS)),
  });
  const rates = await sampleInTurns(RATE_PLAN, {
    subject: () => rateInLanes(runOnce),
    floor: () => rateInLanes(() => spawnHello(INPUTS)),
  });
  return [
    {
      id: overhead,
      title: `POST ?wait to answer, hello-worker${how}`,
      unit: "ms",
      samples: waited.subject,
      floor: { title: "bare python3 of the same script", samples: waited.floor },
    },
    {
      id: rate,
      title: `runs of hello-worker, ${LANES} at a time${how}`,
      unit: "/s",
      samples: rates.subject,
      floor: { title: `bare python3, ${LANES} at a time`, samples: rates.floor },
    },
  ];
}

async function runHello({ client }: BenchFloom, worker: string): Promise<void> {
  const options = { params: { worker }, query: { wait: 60 }, json: { inputs: INPUTS } };
  const { status, error } = await client.call(routes.startRun, options);
  if (status !== "completed") throw new Error(`${worker} did not complete: ${status} ${error ?? ""}`);
}

/** How many a second when several clients ask without pause. */
async function rateInLanes(request: () => Promise<unknown>): Promise<number> {
  const lanes = Array.from({ length: LANES }, async () => {
    for (let sent = 0; sent < RUNS_PER_ROUND / LANES; sent++) await request();
  });
  return (RUNS_PER_ROUND * 1000) / (await timeOf(() => Promise.all(lanes)));
}
