import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "retries:dead-letters:redriven-once",
    promise: "A failed run is on the list of dead letters until it is started over, which happens once.",
    source: "Issue B, point 2",
  },
  {
    id: "retries:dead-letters:dismissed",
    promise: "Failed runs can be taken off the list, many at once.",
    source: "Issue B, point 2",
  },
  {
    id: "retries:attempts:on-the-record",
    promise: "Every attempt of a run is on its record: when, how it ended, and whose fault it was.",
    source: "Issue B, point 2",
  },
];
