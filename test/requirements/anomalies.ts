import type { Requirement } from "../requirements.ts";

const source = "Issue K, point 8";

export const requirements: Requirement[] = [
  {
    id: "anomalies:found",
    promise:
      "A novel tool, refusals in a row, a breach of a rate and unusual spending are found by themselves.",
    source,
  },
  {
    id: "anomalies:acted-on",
    promise: "What is found is put on record, told of, and throttles or pauses the worker as was said.",
    source,
  },
  {
    id: "anomalies:people-only",
    promise: "Only people say what is done about anomalies, and resume a worker that one holds.",
    source,
  },
];
