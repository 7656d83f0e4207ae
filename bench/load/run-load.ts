import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "#contract/client";
import { startFloom } from "../../test/support/floom-instance.ts";
import { readRunCosts } from "../../test/support/run-ends.ts";
import { readTreeMs } from "../harness/cpu-time.ts";
import { followRuns } from "./follow-runs.ts";
import type { LoadOptions } from "./options.ts";
import { planLoad } from "./plan-load.ts";
import type { PlannedRequest } from "./plan-load.ts";
import type { LoadFacts, SentRequest } from "./report.ts";
import { openLoadWorkers } from "./workers.ts";
import type { LoadWorker } from "./workers.ts";

/** Starts a system unless one is given, drives it, and waits for the end of all that it accepted. */
export async function runLoad(options: LoadOptions, say: (line: string) => void): Promise<LoadFacts> {
  if (options.target !== null) return drive(options, options.target, { say, home: null, cpuMs: () => null });
  say("starting a Floom of its own");
  // Empty, lest a key in the environment send the sandboxes to E2B's cloud.
  const floom = await startFloom({ seed: false, env: { E2B_API_KEY: "" } });
  try {
    const cpuMs = (): number => readTreeMs(...Object.values(floom.pids()));
    return await drive(options, floom, { say, home: floom.home, cpuMs });
  } finally {
    await floom.stop();
  }
}

interface Around {
  say: (line: string) => void;
  /** Of a system of its own, whose log tells the rows. */
  home: string | null;
  /** Processor time of all its processes so far; null where they are not here. */
  cpuMs: () => number | null;
}

async function drive(
  options: LoadOptions,
  target: { url: string; token: string },
  { say, home, cpuMs }: Around,
): Promise<LoadFacts> {
  const client = createClient<Response>({
    origin: target.url,
    token: target.token,
    fetch: (to, init) => fetch(to, init),
  });
  const workers = await openLoadWorkers(client, { url: target.url, count: options.workers });
  say(`${options.rate} requests a second for ${options.seconds} s over ${options.workers} workers`);
  const [cpuBefore, since] = [cpuMs(), Date.now()];
  const sent = await sendAll(planLoad(options), workers);
  const accepted = sent.flatMap(({ runId }) => runId ?? []);
  say(`${accepted.length} of ${sent.length} accepted; waiting for their ends`);
  const runs = await followRuns(client, { ids: accepted, since, timeoutMs: options.drainSeconds * 1000 });
  const [cpuAfter, endedAt] = [cpuMs(), Date.now()];
  const finished = runs.filter(({ completed_at }) => completed_at !== null).map(({ id }) => id);
  const costs = home === null ? null : await readRunCosts(home, finished);
  return {
    options,
    sent,
    runs,
    rows: costs && costs.map(({ rows }) => rows),
    cpuMs: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
    tookMs: endedAt - since,
  };
}

/** Sends each request at its time, whether or not those before have been answered. */
async function sendAll(
  plan: readonly PlannedRequest[],
  workers: readonly LoadWorker[],
): Promise<SentRequest[]> {
  const startedAt = performance.now();
  const answers: Promise<SentRequest>[] = [];
  for (const planned of plan) {
    const early = planned.atMs - (performance.now() - startedAt);
    if (early > 0) await sleep(early);
    const worker = workers[planned.worker];
    if (worker !== undefined) answers.push(send(planned, worker));
  }
  return Promise.all(answers);
}

async function send({ kind }: PlannedRequest, worker: LoadWorker): Promise<SentRequest> {
  const startedAt = performance.now();
  try {
    const runId = await worker.send[kind]();
    return { kind, acceptMs: performance.now() - startedAt, runId, refusal: null };
  } catch (error) {
    const refusal = error instanceof Error ? error.message : String(error);
    return { kind, acceptMs: performance.now() - startedAt, runId: null, refusal };
  }
}
