import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/decisions/0031-guards-before-every-room-and-a-record-behind.md";

/** Who changed what. */
export const requirements: Requirement[] = [
  {
    id: "audit:events:every-change",
    promise:
      "A change leaves an event that says who, what, when and how it ended; so does one that was refused.",
    source: SOURCE,
  },
  {
    id: "audit:events:every-route",
    promise: "Every route that is no GET leaves an event by itself, unless the table says why not.",
    source: SOURCE,
  },
  {
    id: "audit:events:by-link",
    promise:
      "A decision by a review link leaves an event that names the link by its approval, never by its token.",
    source: SOURCE,
  },
  {
    id: "audit:events:no-secret",
    promise: "No event holds a secret's value, by whatever name or in whatever place of a request it came.",
    source: SOURCE,
  },
  {
    id: "audit:events:durable-before-the-answer",
    promise: "No change is answered as done before its event will last.",
    source: SOURCE,
  },
  {
    id: "audit:events:append-only",
    promise: "No event is changed, and none goes before a year is over, but with its whole workspace.",
    source: SOURCE,
  },
  {
    id: "audit:chain:tamper-evident",
    promise:
      "Whatever is changed, moved, added, removed or cut off in the record of changes is found, here and in an export.",
    source: "docs/decisions/0051-the-record-is-a-chain.md",
  },
  {
    id: "audit:calls:exactly-once",
    promise:
      "Each outcome of a call through the gate is one entry of the chain: a repeat adds none, and none is lost where the chain does not answer.",
    source: "docs/decisions/0058-calls-on-the-same-chain.md",
  },
  {
    id: "audit:calls:no-secret",
    promise: "No entry of a call holds a secret's value, by whatever name, depth or spelling it was given.",
    source: "docs/decisions/0058-calls-on-the-same-chain.md",
  },
  {
    id: "audit:calls:found",
    promise:
      "Events are found by kind, worker, tool, run, actor, outcome and time, together too, and no page looks at more than so many.",
    source: "docs/decisions/0058-calls-on-the-same-chain.md",
  },
  {
    id: "audit:stream:resumes",
    promise: "A live stream of the record tells each entry once, and goes on behind any entry.",
    source: "Issue K, point 8",
  },
  {
    id: "audit:stream:own-workspace",
    promise: "A live stream tells of its own workspace alone.",
    source: "Issue K, point 8",
  },
];
