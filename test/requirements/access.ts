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
    id: "access:every-route:wrong-scope-403",
    promise: "A token opens the routes of its scopes and no other.",
    source: "Issue C, item 11",
  },
  {
    id: "access:every-route:no-fault",
    promise: "Whatever is sent to a route, it is answered or refused, never a fault of the platform's.",
    source: "Issue C, item 11",
  },
  {
    id: "access:every-answer:sealed",
    promise: "Every answer carries its request's id, and headers by which a browser runs nothing of it.",
    source: "Issue C, item 6",
  },
  {
    id: "access:owner-token:environment-alone",
    promise:
      "The owner's token is the one of the environment: one that was replaced there is good for nothing.",
    source: "docs/explanation/security.md",
  },
  {
    id: "access:run-token:not-forged",
    promise: "Nobody but the edge makes a run token, and it is good for its own run's routes alone.",
    source: "Issue C, item 5",
  },
  {
    id: "access:run-token:one-attempt",
    promise:
      "A run token speaks for one attempt, no longer than its sandbox can live; that of a lost, ended or waiting attempt opens nothing.",
    source: "docs/explanation/security.md",
  },
  {
    id: "access:run-token:one-sandbox",
    promise:
      "Of several sandboxes that an attempt may have been given, the token of one opens the run's routes; those of the others open nothing.",
    source: "docs/decisions/0024-a-launch-has-a-number.md",
  },
  {
    id: "access:signing-key:overlap",
    promise:
      "A signing key that was replaced is believed while it stands behind the new one, and not afterwards.",
    source: "docs/how-to/deploy.md",
  },
];
