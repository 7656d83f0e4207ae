import { setTimeout as sleep } from "node:timers/promises";

export interface SamplePlan {
  /** Rounds that count. */
  rounds: number;
  /** Rounds before them that do not. */
  warmUps: number;
  /** Pause before each sample, for what the last one left behind: pools refill, sandboxes end. */
  pauseMs: number;
}

/** Milliseconds of the subject and of its floor, from the same rounds. */
export interface Samples {
  subject: number[];
  floor: number[];
}

/**
 * Takes subject and floor in turns, so that a neighbour on the same processors slows both. Each answers its own
 * duration in milliseconds.
 */
export async function sampleInTurns(
  plan: SamplePlan,
  take: { subject: () => Promise<number>; floor: () => Promise<number> },
): Promise<Samples> {
  const samples: Samples = { subject: [], floor: [] };
  for (let round = -plan.warmUps; round < plan.rounds; round++) {
    await sleep(plan.pauseMs);
    const floor = await take.floor();
    await sleep(plan.pauseMs);
    const subject = await take.subject();
    if (round < 0) continue;
    samples.floor.push(floor);
    samples.subject.push(subject);
  }
  return samples;
}

/** Milliseconds that the work took. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** Milliseconds per request when so many senders ask without pause, until all requests are answered. */
export async function timeInLanes(
  request: () => Promise<unknown>,
  { lanes, requests }: { lanes: number; requests: number },
): Promise<number> {
  const all = Array.from({ length: lanes }, async () => {
    for (let sent = 0; sent < requests / lanes; sent++) await request();
  });
  return (await timeOf(() => Promise.all(all))) / requests;
}
