import { judge } from "./judge.ts";
import type { Judged, Outcome } from "./judge.ts";
import { areas } from "./behaviours.ts";
import type { Behaviour } from "./behaviour.ts";
import type { OpenPlace } from "./place.ts";

/** Measures one behaviour after the other. `say` gets a line for each; what throws is a value like another. */
export async function measureAll(place: OpenPlace, say: (line: string) => void): Promise<Judged[]> {
  const all = areas.flatMap(({ name, behaviours }) =>
    behaviours.map((behaviour) => ({ area: name, behaviour })),
  );
  const judged: Judged[] = [];
  for (const { area, behaviour } of all) {
    const one = judge(area, behaviour, { outcome: await measure(behaviour, place), isCloud: place.isCloud });
    judged.push(one);
    say(`${judged.length}/${all.length} ${area}: ${behaviour.name}: ${one.verdict}`);
  }
  return judged;
}

async function measure(behaviour: Behaviour, place: OpenPlace): Promise<Outcome> {
  try {
    return { value: await behaviour.measure(place) };
  } catch (error) {
    return { failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  } finally {
    await place.endOwn();
  }
}
