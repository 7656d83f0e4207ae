import type { Requirement } from "../requirements.ts";

const issue = "Issue A, point 4";

export const requirements: Requirement[] = [
  {
    id: "run:budget:rows",
    promise: "A short script run writes at most 12 rows in all, of which its own object writes at most 5.",
    source: "design/goals.md",
  },
  {
    id: "run:journal:exactly-once",
    promise: "Repeated, overlapping and gapped posts of a journal give every line once and in order.",
    source: issue,
  },
  {
    id: "run:watchdog:pull",
    promise: "When the runner's posts stop coming, the watchdog reads the same journal from the sandbox.",
    source: issue,
  },
  {
    id: "run:failure:platform-budget",
    promise: "A lost sandbox is retried on the platform's budget and ends as the platform's failure.",
    source: "design/product.md, Runs",
  },
  {
    id: "run:cancel:every-state",
    promise: "Cancelling works in every state and at once.",
    source: "design/product.md, Runs",
  },
];
