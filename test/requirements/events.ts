import type { Requirement } from "../requirements.ts";

const source = "docs/decisions/0065-a-webhook-is-a-receiver-of-the-outbox.md";

export const requirements: Requirement[] = [
  {
    id: "events:webhook:signed-and-agreed",
    promise:
      "An address is told of events only after it has agreed to it, each event under one id and signed with the secret that its receiver chose.",
    source,
  },
  {
    id: "events:webhook:never-private",
    promise:
      "No event is posted to an address that is private, not https, or has not answered the challenge.",
    source,
  },
  {
    id: "events:webhook:ends-with-its-token",
    promise:
      "An address is told nothing more once the token that asked for it was taken back, or may not see the worker.",
    source,
  },
  {
    id: "events:webhook:bounded",
    promise: "A workspace has a bounded number of subscriptions, and each lasts no longer than was granted.",
    source,
  },
  {
    id: "events:webhook:given-up-soon",
    promise: "An event that an address does not take is given up within a quarter of an hour.",
    source,
  },
  {
    id: "events:missed:every-way",
    promise:
      "A start that a schedule missed is told by poll, by stream and by webhook as one event, and by the first two of all workers, too.",
    source: "docs/decisions/0091-a-missed-start-is-a-row.md",
  },
  {
    id: "events:missed:kept-until-listed",
    promise: "A missed start that the database does not take is kept, and on the list once in the end.",
    source: "docs/decisions/0091-a-missed-start-is-a-row.md",
  },
];
