import { routes } from "#contract/routes";
import { readRunCosts } from "../../test/support/run-ends.ts";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";

const RUNS = 3;
const LINES = 10;

/**
 * The rows of a run that a client follows from its start to its end. While somebody watches, the runner posts each line
 * as soon as it is printed, and every post that brings something is a row.
 */
export async function measureWatchedRun({ client, home }: BenchFloom): Promise<Measurement[]> {
  const ids: string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const json = { inputs: { lines: LINES } };
    const { id } = await client.call(routes.startRun, { params: { worker: "print-lines" }, json });
    ids.push(id);
    const events = await client.open(routes.streamRunEvents, { params: { run: id } });
    // To the end of the stream, which is the end of the run.
    await events.text();
  }
  const costs = await readRunCosts(home, ids);
  return [
    {
      id: "watched_run_rows",
      title: `rows of a run of ${LINES} lines that a client watches`,
      unit: "rows",
      samples: costs.map(({ rows }) => rows),
      floor: null,
    },
  ];
}
