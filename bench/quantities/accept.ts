import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeInLanes, timeOf } from "../harness/sample.ts";
import { median } from "../harness/statistics.ts";

const LATENCY_PLAN = { rounds: 60, warmUps: 15, pauseMs: 0 };
const RATE_PLAN = { rounds: 5, warmUps: 1, pauseMs: 0 };
const LANES = 10;
const LANES_PLAN = { lanes: LANES, requests: 40 };

/**
 * Requests that start a run, of a worker whose only place is taken: each is checked, made durable in the queue and
 * answered, and no sandbox starts that would disturb the next. The floor is a GET of a run: the same edge, the same
 * sign-in and one call to an object, but nothing written.
 */
export async function measureAccept({ client, holdPlace }: BenchFloom): Promise<Measurement[]> {
  const run = await holdPlace();
  const json = { inputs: { seconds: 0 } };
  const accept = () => client.call(routes.startRun, { params: { worker: "hold-place" }, json });
  const read = () => client.call(routes.getRun, { params: { run } });
  const latency = await sampleInTurns(LATENCY_PLAN, {
    subject: () => timeOf(accept),
    floor: () => timeOf(read),
  });
  const rate = await sampleInTurns(RATE_PLAN, {
    subject: () => timeInLanes(accept, LANES_PLAN),
    floor: () => timeInLanes(read, LANES_PLAN),
  });
  const floor = "GET of a run";
  return [
    {
      id: "accept_latency",
      title: "accept a run: POST to 202",
      unit: "ms",
      samples: latency.subject,
      floor: { title: floor, samples: latency.floor },
    },
    {
      id: "accept_rate",
      title: `accept runs, ${LANES} at a time, per run`,
      unit: "ms",
      samples: rate.subject,
      floor: { title: `${floor}, ${LANES} at a time`, samples: rate.floor },
      note: `${Math.round(1000 / median(rate.subject))} runs/s; ${Math.round(1000 / median(rate.floor))} reads/s`,
    },
  ];
}
