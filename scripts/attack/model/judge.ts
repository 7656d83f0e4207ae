import type { Attempt, Control, Need, Sightings } from "./attempt.ts";

/** `unproved`: nothing was seen, or the control did not work, so that nobody knows; it counts as got through. */
export type Verdict = "blocked" | "got_through" | "unproved" | "not_tried";

export interface Judged {
  attempt: Attempt;
  verdict: Verdict;
  /** What was seen, or why there is no verdict. */
  proof: string;
  /** Why it is known to get through today; null when it is not. */
  open: string | null;
}

/** Whether a sighting is one of those listed; one that ends with `*` stands for every sighting that begins so. */
export function isListed(saw: string, listed: readonly string[]): boolean {
  return listed.some((entry) =>
    entry.endsWith("*") ? saw.startsWith(entry.slice(0, -1)) : saw.trim() === entry,
  );
}

export interface Evidence {
  attempts: readonly Attempt[];
  controls: readonly Control[];
  sightings: Sightings;
  /** What is at hand. */
  has: ReadonlySet<Need>;
  /** Attempts known to get through, by id or by the beginning of ids (`area:some-*`), each with a sentence. */
  knownOpen: Readonly<Record<string, string>>;
}

/** The verdict of every attempt. Strict: only what was seen to be refused, by a way that was seen to work, is blocked. */
export function judge({ attempts, controls, sightings, has, knownOpen }: Evidence): Judged[] {
  const failed = new Map(
    controls
      .filter(({ id, works }) => !isListed(sightings.get(id) ?? "", works))
      .map(({ id }) => [id, sightings.get(id) ?? "nothing"]),
  );
  const known = new Set(controls.map(({ id }) => id));
  return attempts.map((attempt) => {
    const open = findOpen(attempt.id, knownOpen);
    const conclude = (verdict: Verdict, proof: string): Judged => ({ attempt, verdict, proof, open });
    if (attempt.needs !== undefined && !has.has(attempt.needs)) {
      return conclude(
        "not_tried",
        `needs ${attempt.needs === "own_system" ? "a system of its own" : "the machine's process table"}`,
      );
    }
    if (!known.has(attempt.control)) return conclude("unproved", `there is no control ${attempt.control}`);
    const unworking = failed.get(attempt.control);
    if (unworking !== undefined)
      return conclude("unproved", `the control ${attempt.control} did not work: ${unworking}`);

    const saw = sightings.get(attempt.id);
    if (saw === undefined) return conclude("unproved", "nothing was seen");
    return conclude(isListed(saw, attempt.refusals) ? "blocked" : "got_through", saw);
  });
}

function findOpen(id: string, knownOpen: Evidence["knownOpen"]): string | null {
  const entry = Object.entries(knownOpen).find(([pattern]) => isListed(id, [pattern]));
  return entry === undefined ? null : entry[1];
}
