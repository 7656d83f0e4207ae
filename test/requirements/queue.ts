import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "queue:order:first-come-first-served",
    promise: "Runs above the concurrency limit wait in order, and the next starts when a place is free.",
    source: "design/product.md, Runs",
  },
  {
    id: "queue:handover:repeated",
    promise: "A run that was admitted starts even when its queue went away before it could hand it over.",
    source: "Issue A, point 4",
  },
];
