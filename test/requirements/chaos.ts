import type { Requirement } from "../requirements.ts";

const source = "Issue B, Must show; product.md, What we promise, points 1 and 2";

export const requirements: Requirement[] = [
  {
    id: "chaos:system:nothing-lost-doubled-stuck",
    promise:
      "Under random kill -9 of the edge and of the sandbox server, every accepted run ends once, in time, with every log line once and in order.",
    source,
  },
  {
    id: "chaos:traffic:repeated-until-answered",
    promise:
      "While processes are killed, runs arrive through the API and as signed webhooks, each request repeated until it is answered; no repeat makes a second run.",
    source,
  },
  {
    id: "chaos:system:faulty-network",
    promise: "With --faults the ways between the parts refuse, cut off, drop, delay and repeat requests.",
    source,
  },
  {
    id: "chaos:pipelines:each-stage-once",
    promise:
      "Pipelines under kill -9 have each of their stages' runs once, with what the stages before them gave.",
    source,
  },
  { id: "chaos:seed:same-faults", promise: "The seed reproduces the schedule of faults.", source },
  {
    id: "chaos:soak:every-seed-once",
    promise:
      "`npm run soak` plays every history it was asked for once, in every world, and counts those that fail.",
    source,
  },
  {
    id: "chaos:simulation:together",
    promise:
      "In simulated histories of the real engine, queue and schedules with faults that may never end, every run ends once and in a bounded time, and no object's alarm rings more often than a bound.",
    source,
  },
  {
    id: "chaos:judge:finds-what-was-planted",
    promise:
      "The judge of a chaos run finds a lost, doubled, stuck or garbled run that was put in on purpose.",
    source,
  },
];
