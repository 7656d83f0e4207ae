import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "access:every-route:no-token-401",
    promise: "Every request without a valid token is refused, on loopback too.",
    source: "Issue A, point 7",
  },
  {
    id: "access:every-route:stranger-404",
    promise: "A stranger cannot tell another workspace's thing from one that does not exist.",
    source: "Issue A, point 7",
  },
  {
    id: "access:run-token:not-forged",
    promise: "Nobody but the edge makes a run token, and it is good for its own run's routes alone.",
    source: "Issue C, item 5",
  },
];
