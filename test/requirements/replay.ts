import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "replay:same:version-and-inputs",
    promise: "A replay runs the recorded inputs on the run's own version, or on the active one when asked.",
    source: "design/product.md, Runs",
  },
  {
    id: "replay:inputs:edited-and-checked",
    promise: "Edited inputs are checked by the schema of the version that will run.",
    source: "Issue B, point 9",
  },
  {
    id: "replay:refused:not-ended",
    promise: "A run that has not ended is not replayed.",
    source: "Issue B, point 9",
  },
  {
    id: "replay:files:missing-named",
    promise: "A replay whose input file is gone is refused with the name of the missing upload.",
    source: "Issue B, point 9",
  },
  {
    id: "replay:dry:nothing-leaves",
    promise:
      "A dry replay reaches no network but the platform, and calls of other workers come from the record.",
    source: "design/product.md, Runs",
  },
  {
    id: "replay:compare:side-by-side",
    promise: "Two runs are compared by status, timing, inputs, outputs and log.",
    source: "Issue B, point 9",
  },
];
