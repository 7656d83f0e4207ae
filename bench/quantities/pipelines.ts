import { routes } from "#contract/routes";
import type { Json } from "#contract/json";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeInLanes, timeOf } from "../harness/sample.ts";

const CHAIN_PLAN = { rounds: 8, warmUps: 2, pauseMs: 300 };
const STAGES = 5;
const PARALLEL_PLAN = { rounds: 3, warmUps: 1, pauseMs: 1_500 };
const ITEMS = 100;
/** As many as a pipeline has under way at once. */
const LANES = 20;

/**
 * What a pipeline adds to the runs of its stages: five of them one after the other, each against the same run by itself, and
 * a hundred side by side against as many that clients start, twenty at a time.
 */
export async function measurePipelines(floom: BenchFloom): Promise<Measurement[]> {
  const hello = () => run(floom, "hello-worker", { name: "Ada" });
  const chain = await sampleInTurns(CHAIN_PLAN, {
    subject: async () => (await timeOf(() => run(floom, "chain-five", { name: "Ada" }))) / STAGES,
    floor: () => timeOf(hello),
  });
  const names = Array.from({ length: ITEMS }, (_, at) => `Ada ${at}`);
  const parallel = await sampleInTurns(PARALLEL_PLAN, {
    subject: async () => (await timeOf(() => run(floom, "hundred-at-once", { names }))) / ITEMS,
    floor: () => timeInLanes(hello, { lanes: LANES, requests: ITEMS }),
  });
  return [
    {
      id: "pipeline_stage",
      title: `a stage of a pipeline of ${STAGES}, hello-worker`,
      unit: "ms",
      samples: chain.subject,
      floor: { title: "the same run by itself", samples: chain.floor },
    },
    {
      id: "pipeline_parallel",
      title: `a run of for_each over ${ITEMS}, hello-worker`,
      unit: "ms",
      samples: parallel.subject,
      floor: { title: `a run of as many, ${LANES} at a time by clients`, samples: parallel.floor },
    },
  ];
}

async function run({ client }: BenchFloom, worker: string, inputs: Record<string, Json>): Promise<void> {
  const options = { params: { worker }, query: { wait: 60 }, json: { inputs } };
  let { id, status, error } = await client.call(routes.startRun, options);
  while (status === "running" || status === "queued")
    ({ id, status, error } = await client.call(routes.getRun, { params: { run: id } }));
  if (status !== "completed") throw new Error(`${worker} did not complete: ${status} ${error ?? ""}`);
}
