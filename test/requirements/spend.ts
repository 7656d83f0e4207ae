import type { Requirement } from "../requirements.ts";

const source = "docs/explanation/spend.md";

export const requirements: Requirement[] = [
  {
    id: "spend:count:once",
    promise:
      "What a run's sandboxes have cost is counted once, for its worker, its person and its day, however often its end is written.",
    source,
  },
  {
    id: "spend:caps:at-admission",
    promise: "A run is refused before it is accepted where a cap is reached, with the time until it is not.",
    source,
  },
  {
    id: "spend:caps:while-running",
    promise: "A run that comes up to a cap while it runs is ended at that moment, as by policy.",
    source,
  },
  {
    id: "spend:caps:warning",
    promise: "Whoever asked for it is told once in a day or month that a cap is used up to 80 %.",
    source,
  },
  {
    id: "spend:report:who-may-see",
    promise: "Everybody sees what their own runs cost; what others spent is seen by admins.",
    source,
  },
];
