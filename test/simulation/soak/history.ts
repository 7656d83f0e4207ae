import { playPipeline } from "../pipeline-world.ts";
import { playQueue } from "../queue-world.ts";
import { playRun } from "../run-world.ts";
import { playSchedules } from "../schedule-world.ts";
import { playTogether } from "../together/together-world.ts";
import { createRandom } from "../../support/random.ts";
import type { World } from "./worlds.ts";

/** Plays the history of a seed in a world; throws with the seed and what happened when something does not hold. */
export async function playHistory(seed: number, world: World): Promise<void> {
  const random = createRandom(seed);
  switch (world) {
    case "run":
      playRun(seed, random);
      return;
    case "queue":
      await playQueue(seed, random);
      return;
    case "schedules":
      await playSchedules(seed, random);
      return;
    case "pipelines":
      await playPipeline(seed, random);
      return;
    case "together":
      await playTogether(seed, random);
  }
}
