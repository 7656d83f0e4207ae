import type { Area, Sightings } from "./model/attempt.ts";
import type { Stage } from "./stage/stage.ts";

/** So many areas at a time: most wait for runs, and the machine need not have more than two processors. */
const AT_ONCE = 3;

/**
 * Lets every area look, some at a time, and gathers what was seen. An area that fails is an error of the suite: it is
 * said, and its attempts stay without a sighting.
 */
export async function lookEverywhere(
  stage: Stage,
  areas: readonly Area<Stage>[],
  say: (line: string) => void,
): Promise<Sightings> {
  const seen = new Map<string, string>();
  const waiting = areas.toSorted((a, b) => Number(b.isSlow ?? false) - Number(a.isSlow ?? false));
  const goOn = async (): Promise<void> => {
    for (let area = waiting.shift(); area !== undefined; area = waiting.shift()) {
      const startedAt = performance.now();
      try {
        for (const [id, saw] of await area.look(stage)) seen.set(id, saw);
        say(`${area.name}: looked for ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
      } catch (error) {
        say(`${area.name} failed: ${error instanceof Error ? error.stack : String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, goOn));
  return seen;
}
