import type { Requirement } from "../requirements.ts";

const source = "Issue A, points 2 and Must show";

export const requirements: Requirement[] = [
  {
    id: "e2e:start:ready-line",
    promise: "npm start prints `ready <url>` alone on a line, and only when the edge truly answers.",
    source,
  },
  {
    id: "e2e:start:owner-token",
    promise:
      "The first start writes an owner token that only its owner can read, and nobody gets in without.",
    source,
  },
  {
    id: "e2e:start:loopback-only",
    promise: "A local Floom listens on 127.0.0.1 and nowhere else.",
    source,
  },
  {
    id: "e2e:start:one-per-home",
    promise: "A second instance on the same home is refused with the first one's process.",
    source,
  },
  { id: "e2e:start:port-taken", promise: "A taken port is named, with how to choose another.", source },
  { id: "e2e:start:ctrl-c", promise: "Ctrl-C ends every child.", source },
  {
    id: "e2e:start:finds-everything-again",
    promise: "A second start on the same state finds workers, runs and token again.",
    source,
  },
  {
    id: "e2e:crash:edge",
    promise: "After kill -9 of the edge a run completes once, with every log line once and in order.",
    source,
  },
  {
    id: "e2e:crash:sandbox-server",
    promise:
      "After kill -9 of the sandbox server a run completes once, with every log line once and in order.",
    source,
  },
  {
    id: "e2e:crash:both",
    promise: "After kill -9 of edge and sandbox server together a run completes once, with every line once.",
    source,
  },
  {
    id: "e2e:crash:everything",
    promise: "After kill -9 of everything, a start on the same home finishes the runs that were under way.",
    source,
  },
  { id: "e2e:load:fifty-at-once", promise: "Fifty runs started at once all complete; none is lost.", source },
  {
    id: "e2e:load:command",
    promise:
      "`npm run load` drives starts, webhooks and schedules, counts each accepted run that has not ended as lost, and says so by its last line and its exit code.",
    source: "Issue G, point 6",
  },
  {
    id: "e2e:load:greedy-script",
    promise:
      "A script with 1,000 connections, 200 threads, 500 MB and 100,000 files works or gets an error that says so; each attempt starts once and its run ends once.",
    source,
  },
  {
    id: "e2e:load:flat-memory",
    promise: "The edge's memory stays flat under 200 MB of standard output.",
    source,
  },
];
