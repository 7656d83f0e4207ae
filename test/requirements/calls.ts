import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "calls:action:named",
    promise: "A call may say which action of a worker it means; where there are several it has to.",
    source: "design: typed functions",
  },
  {
    id: "calls:allowed:only-listed",
    promise: "A run may call only the workers that its manifest lists under calls.",
    source: "Issue B, point 9",
  },
  {
    id: "calls:key:same-child",
    promise: "The same call key finds the same child, and another request under it is refused.",
    source: "Issue B, point 9",
  },
  {
    id: "calls:retry:failed-child-anew",
    promise:
      "A retry of a run starts a called run anew that has failed, once for each attempt, and uses the one that has completed.",
    source: "Known limits: a retry could not help where a child had failed",
  },
  {
    id: "calls:limits:depth-cycle-fan-out",
    promise: "Calls go at most three deep, fifty wide and never in a circle.",
    source: "reference/floom.md 2.5",
  },
  {
    id: "calls:lineage:linked",
    promise: "A child run names its parent, its root and its depth, and the parent lists its children.",
    source: "Issue B, point 9",
  },
  {
    id: "calls:deadline:inherited",
    promise: "A child never has more time than is left to its caller.",
    source: "Issue B, point 9",
  },
  {
    id: "calls:cancel:reaches-children",
    promise: "When a caller is cancelled or fails, the children that still live are cancelled.",
    source: "Issue B, point 9",
  },
  {
    id: "calls:module:call-and-parallel",
    promise: "floom.call_worker gives the child's outputs, and raises CallFailed with the reason otherwise.",
    source: "reference/floom.md 2.5",
  },
];
