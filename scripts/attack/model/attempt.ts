/**
 * One thing an attacker tries. An attempt only says what it wants and what is seen when it is refused; what was really
 * seen is a sighting, and the verdict follows from both (`judge.ts`).
 */
export interface Attempt {
  /** `area:what`, unique. */
  id: string;
  area: string;
  /** What the attacker wants, as a sentence. */
  wants: string;
  /** In a pushed script, by requests to the edge, or on the machine of whoever uses the command line. */
  kind: "inside" | "outside" | "machine";
  /**
   * What is seen when it is refused: a whole sighting, or its beginning when it ends with `*`. Anything else that was
   * seen got through, so that an answer nobody thought of is never taken for a refusal.
   */
  refusals: readonly string[];
  /** The control that shows such an attempt would be seen if it worked. */
  control: string;
  /** What must be at hand to try it; elsewhere it is not tried and not counted. */
  needs?: Need;
}

/** `process_table`: the machine's own list of processes. `own_system`: a system that the suite itself has started. */
export type Need = "process_table" | "own_system";

/** The same way of trying, done where it is allowed. Without it no attempt that names it counts as blocked. */
export interface Control {
  id: string;
  /** What is seen when the way works, in the form of `refusals`. */
  works: readonly string[];
}

/** What was seen, by id of attempt or control. */
export type Sightings = ReadonlyMap<string, string>;

/** Attempts that belong together, and the hands that try them. */
export interface Area<Stage> {
  name: string;
  /** Mostly waits; it is begun first. */
  isSlow?: true;
  attempts: readonly Attempt[];
  controls: readonly Control[];
  /** Tries them all, bounded in number and time; a sighting that is missing is an error of the suite. */
  look: (stage: Stage) => Promise<Sightings>;
}

/** Builds the attempts of an area from its table: what all rows have in common is said once. */
export function buildAttempts(
  common: Omit<Attempt, "id" | "wants" | "refusals"> & { refusals?: readonly string[] },
  rows: readonly (Pick<Attempt, "id" | "wants"> & Partial<Attempt>)[],
): Attempt[] {
  return rows.map((row) => ({ refusals: [], ...common, ...row, id: `${common.area}:${row.id}` }));
}
