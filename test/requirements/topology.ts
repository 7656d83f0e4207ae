import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "topology:declared-and-happened",
    promise: "Who calls what is shown from what is declared and what happened, and which of both it is.",
    source: "Issue K, point 9",
  },
];
