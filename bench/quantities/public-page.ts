import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { sampleInTurns, timeOf } from "../harness/sample.ts";
import { startObjectWriteFloor } from "./object-write-floor.ts";
import { timeFirstByte } from "./time-first-byte.ts";

const PLAN = { rounds: 60, warmUps: 15, pauseMs: 0 };
/** More than all rounds start, twice over: a refusal by quota is quicker than a start. */
const RUNS = 1_000;

/**
 * What a stranger waits for who has a link: the page's first byte, and the answer to the form they sent, which is the
 * address of a run that is durable. The worker's only place is taken, so that no sandbox starts that would disturb the
 * next. The floors are a page of as many bytes that nobody had to make, and one row written by a Durable Object.
 */
export async function measurePublicPage({ client, holdPlace }: BenchFloom): Promise<Measurement[]> {
  await holdPlace();
  const { url } = await client.call(routes.createWorkerShare, {
    params: { worker: "hold-place" },
    json: { runs_per_hour: RUNS, visitor_runs_per_hour: RUNS },
  });
  const bytes = (await (await fetch(url)).bytes()).byteLength;
  const floor = await startObjectWriteFloor();
  try {
    const page = await sampleInTurns(PLAN, {
      subject: () => timeFirstByte(url),
      floor: () => floor.timePage(bytes),
    });
    const start = await sampleInTurns(PLAN, {
      subject: () => timeOf(() => sendForm(url)),
      floor: () => timeOf(() => floor.write(JSON.stringify({ seconds: 0 }))),
    });
    return [
      {
        id: "public_page_first_byte",
        title: "public page: GET to first byte",
        unit: "ms",
        samples: page.subject,
        floor: { title: "a page that nobody had to make", samples: page.floor },
        note: `${bytes} bytes of HTML`,
      },
      {
        id: "public_start",
        title: "public page: form sent to its run's address",
        unit: "ms",
        samples: start.subject,
        floor: { title: "one Durable Object write", samples: start.floor },
      },
    ];
  } finally {
    await floor.stop();
  }
}

/** As a browser without scripts posts the form. */
async function sendForm(url: string): Promise<void> {
  const body = new FormData();
  body.set("/seconds", "0");
  const answer = await fetch(url, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { origin: new URL(url).origin },
  });
  await answer.arrayBuffer();
  if (answer.status !== 303) throw new Error(`A visitor's form was answered ${answer.status}.`);
}
