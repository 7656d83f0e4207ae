import type { Requirement } from "../requirements.ts";

/** What is told of many runs at once. */
export const requirements: Requirement[] = [
  {
    id: "reports:metrics:prometheus",
    promise: "A Prometheus server with a token reads the workspace's numbers in its own format.",
    source: "docs/reference/first-clients.md",
  },
  {
    id: "reports:export:safe-csv",
    promise: "An export of runs is CSV that nothing a script wrote turns into a formula.",
    source: "docs/reference/first-clients.md",
  },
  {
    id: "reports:patterns:hours-and-durations",
    promise:
      "Runs are told by hour and weekday of the reader's time zone, and by how long they took, of workers that the reader sees.",
    source: "issue L",
  },
];
