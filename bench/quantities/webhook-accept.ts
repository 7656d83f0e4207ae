import { createHmac } from "node:crypto";
import { routes } from "#contract/routes";
import type { BenchFloom } from "../harness/bench-floom.ts";
import type { Measurement } from "../harness/measurement.ts";
import { startObjectWriteFloor } from "./object-write-floor.ts";
import { sampleInTurns, timeInLanes, timeOf } from "../harness/sample.ts";
import { median } from "../harness/statistics.ts";

const LATENCY_PLAN = { rounds: 60, warmUps: 15, pauseMs: 0 };
const RATE_PLAN = { rounds: 5, warmUps: 1, pauseMs: 0 };
const LANES = 10;
const LANES_PLAN = { lanes: LANES, requests: 40 };
const worker = "hold-place";
const body = JSON.stringify({ seconds: 0 });

/**
 * Signed webhooks of a worker whose only place is taken: each is verified, looked up among those seen before, written
 * down and taken into the queue before its 202. The floor is one row written by a Durable Object that does nothing else.
 */
export async function measureWebhookAccept(floom: BenchFloom): Promise<Measurement[]> {
  await floom.holdPlace();
  const accept = await openHook(floom);
  const floor = await startObjectWriteFloor();
  try {
    const write = () => floor.write(body);
    const latency = await sampleInTurns(LATENCY_PLAN, {
      subject: () => timeOf(accept),
      floor: () => timeOf(write),
    });
    const rate = await sampleInTurns(RATE_PLAN, {
      subject: () => timeInLanes(accept, LANES_PLAN),
      floor: () => timeInLanes(write, LANES_PLAN),
    });
    const title = "one Durable Object write";
    return [
      {
        id: "webhook_latency",
        title: "accept a webhook: POST to 202",
        unit: "ms",
        samples: latency.subject,
        floor: { title, samples: latency.floor },
      },
      {
        id: "webhook_rate",
        title: `accept webhooks, ${LANES} at a time, per webhook`,
        unit: "ms",
        samples: rate.subject,
        floor: { title: `${title}, ${LANES} at a time`, samples: rate.floor },
        note: `${Math.round(1000 / median(rate.subject))} webhooks/s; ${Math.round(1000 / median(rate.floor))} writes/s`,
      },
    ];
  } finally {
    await floor.stop();
  }
}

/** Makes a webhook and answers what sends it one delivery with an id of its own. */
async function openHook({ client, url }: BenchFloom): Promise<() => Promise<void>> {
  const { id, secret } = await client.call(routes.createTrigger, {
    params: { worker },
    json: { type: "webhook" },
  });
  const key = Buffer.from((secret ?? "").slice("whsec_".length), "base64");
  let sent = 0;
  return async () => {
    sent += 1;
    const [message, time] = [`msg_${id}_${sent}`, String(Math.floor(Date.now() / 1000))];
    const signature = createHmac("sha256", key).update(`${message}.${time}.${body}`).digest("base64");
    const headers = {
      "content-type": "application/json",
      "webhook-id": message,
      "webhook-timestamp": time,
      "webhook-signature": `v1,${signature}`,
    };
    const response = await fetch(new URL(`/hooks/${id}`, url), { method: "POST", headers, body });
    if (response.status !== 202) throw new Error(`A webhook was answered ${response.status}.`);
    await response.arrayBuffer();
  };
}
