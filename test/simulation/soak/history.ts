import { playQueue } from "../queue-world.ts";
import { playRun } from "../run-world.ts";
import { playSchedules } from "../schedule-world.ts";
import { createRandom } from "../../support/random.ts";

export const worlds = ["run", "queue", "schedules"] as const;
export type World = (typeof worlds)[number];

/** Of a hundred histories; a schedule's takes fifty times as long as a run's. */
const QUEUE_SHARE = 8;
const SCHEDULES_SHARE = 2;

/** Which world the history of a seed plays in. */
export function worldOf(seed: number): World {
  const place = seed % 100;
  if (place < SCHEDULES_SHARE) return "schedules";
  return place < SCHEDULES_SHARE + QUEUE_SHARE ? "queue" : "run";
}

/** Plays the history of a seed; throws with the seed and what happened when something does not hold. */
export async function playHistory(seed: number): Promise<void> {
  const random = createRandom(seed);
  switch (worldOf(seed)) {
    case "run":
      playRun(seed, random);
      return;
    case "queue":
      await playQueue(seed, random);
      return;
    case "schedules":
      await playSchedules(seed, random);
  }
}
