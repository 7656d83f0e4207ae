import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { timeOf } from "../harness/sample.ts";

const RUNS = 40;
const ROUNDS = 3;
const WARM_UPS = 3;

/** Forty short runs, each started when the one before has been answered: what benchmarks of workflow engines measure. */
export async function measureFibo40({ client }: BenchFloom): Promise<Measurement[]> {
  const run = async (): Promise<void> => {
    const options = { params: { worker: "fibo" }, query: { wait: 30 }, json: { inputs: { n: 10 } } };
    const { status, outputs, error } = await client.call(routes.startRun, options);
    if (status !== "completed" || outputs["value"] !== 55)
      throw new Error(`fibo(10) was answered ${status} ${JSON.stringify(outputs)} ${error ?? ""}`);
  };
  const inSequence = async (runs: number): Promise<void> => {
    for (let done = 0; done < runs; done++) await run();
  };
  await inSequence(WARM_UPS);
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) samples.push(await timeOf(() => inSequence(RUNS)));
  return [
    {
      id: "fibo40",
      title: `${RUNS} x fibo(10), one run after the other`,
      unit: "ms",
      samples,
      floor: null,
    },
  ];
}
