import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "mcp:list:never-stale",
    promise:
      "The list of tools shows a worker as it is at that moment: deployed, paused, deleted, or with its secret set just now.",
    source: "docs/decisions/0048-a-list-is-written-once.md",
  },
];
