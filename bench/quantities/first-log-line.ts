import { EventSourceParserStream } from "eventsource-parser/stream";
import { routes } from "#contract/routes";
import { runEventSchema } from "#contract/runs/run-event";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";

const PLAN = { rounds: 12, warmUps: 2, pauseMs: 50 };
/** Longer than a run takes to start its script and a client to open the stream. */
const DELAY_SECONDS = 0.5;

/**
 * From the script's print to the line in a client that watches the event stream. The floor is one read of a run through
 * the same edge: the line takes such a way once up, from the sandbox, and once down, to the watcher.
 */
export async function measureFirstLogLine(floom: BenchFloom): Promise<Measurement[]> {
  let run = await startPrintClock(floom);
  const { subject, floor } = await sampleInTurns(PLAN, {
    subject: async () => {
      run = await startPrintClock(floom);
      return takeLine(floom, run);
    },
    floor: () => timeOf(() => floom.client.call(routes.getRun, { params: { run } })),
  });
  return [
    {
      id: "first_log_line",
      title: "first log line: printed to seen over SSE",
      unit: "ms",
      samples: subject,
      floor: { title: "GET of a run", samples: floor },
    },
  ];
}

async function startPrintClock({ client }: BenchFloom): Promise<string> {
  const json = { inputs: { delay_seconds: DELAY_SECONDS } };
  return (await client.call(routes.startRun, { params: { worker: "print-clock" }, json })).id;
}

/** Follows the run to its end; answers how old its first line was when it came. */
async function takeLine({ client }: BenchFloom, run: string): Promise<number> {
  const { body } = await client.open(routes.streamRunEvents, { params: { run } });
  if (body === null) throw new Error("The event stream has no body.");
  let ageMs: number | undefined;
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of messages) {
    const now = performance.timeOrigin + performance.now();
    const event = runEventSchema.parse(JSON.parse(data));
    if (event.type === "log" && event.stream === "stdout") ageMs ??= now - Number(event.message) * 1000;
  }
  if (ageMs === undefined || Number.isNaN(ageMs)) throw new Error("The run ended without its line.");
  return ageMs;
}
