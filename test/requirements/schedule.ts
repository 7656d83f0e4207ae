import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "schedule:reconcile:manifest-is-the-truth",
    promise: "A push makes the triggers of worker.yml the worker's; each keeps its id and its pause.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:reconcile:api-made-stay",
    promise: "A trigger made through the API stays when the worker is pushed.",
    source: "product.md, Triggers",
  },
  {
    id: "schedule:inputs:refused-early",
    promise:
      "A schedule whose runs would lack required inputs is refused when it is made, not when it is due.",
    source: "product.md, One schema everywhere",
  },
];
