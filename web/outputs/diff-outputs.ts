import { diffLines } from "diff";
import type { Json } from "#contract/json";

export interface DiffPart {
  text: string;
  change: "added" | "removed" | "same";
}

/** Outputs larger than this are not compared: the comparison would hold the page up. */
const MOST_CHARS = 200_000;

/** What changed from one run's outputs to another's, by line of their JSON; null when they are too large to compare. */
export function diffOutputs(before: Json, after: Json): DiffPart[] | null {
  const [old, now] = [linesOf(before), linesOf(after)];
  if (old.length + now.length > MOST_CHARS) return null;
  return (
    diffLines(old, now, { maxEditLength: 5_000 })?.map(({ value, added, removed }) => ({
      text: value,
      change: added ? "added" : removed ? "removed" : "same",
    })) ?? null
  );
}

/** Keys in one order and texts line by line, so that only what differs is told. */
function linesOf(value: Json): string {
  return JSON.stringify(sorted(value), null, 2).replaceAll("\\n", "\n");
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
