import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/tokens.md";

/** What programs carry instead of a person, and how they come by it. */
export const requirements: Requirement[] = [
  {
    id: "tokens:format:known-offline",
    promise: "A scanner knows a token by its form and its check digits, without asking a server.",
    source: SOURCE,
  },
  {
    id: "tokens:shown:once",
    promise:
      "A token stands in the answer that makes it and nowhere else: no table, list, log or error holds it.",
    source: SOURCE,
  },
  {
    id: "tokens:scopes:never-more-than-the-maker",
    promise: "Nobody makes or renews a token that may do more than they may; a run's token makes none.",
    source: SOURCE,
  },
  {
    id: "tokens:workspace:no-wider",
    promise:
      "A token that is got for another workspace may no more, and lasts no longer, than the one that was shown.",
    source: SOURCE,
  },
  {
    id: "tokens:workspace:members-alone",
    promise: "A token gets one for a workspace that its own person is in, and for no other.",
    source: SOURCE,
  },
  {
    id: "tokens:rotate:own-alone",
    promise: "Nobody is shown a new token in the place of another person's, whatever their role.",
    source: SOURCE,
  },
  {
    id: "tokens:expiry:bounded",
    promise: "Every token ends, after at most 366 days, and never after the token that it was made with.",
    source: SOURCE,
  },
  {
    id: "tokens:revoked:at-once",
    promise:
      "A token that was revoked, renewed or whose service account was deleted is refused from then on.",
    source: SOURCE,
  },
  {
    id: "tokens:used:once-an-hour",
    promise: "That a token was used is written at most once an hour, behind the answer.",
    source: SOURCE,
  },
  {
    id: "tokens:service:bounded-by-role",
    promise: "A service account's tokens may do no more than its role, decide nothing, and end with it.",
    source: SOURCE,
  },
  {
    id: "tokens:device:people-approve",
    promise: "A terminal is let in by a person, never by a token.",
    source: SOURCE,
  },
  {
    id: "tokens:device:no-escalation",
    promise: "A terminal gets no scope that its person has not got, and a token that ends.",
    source: SOURCE,
  },
  {
    id: "tokens:device:single-use",
    promise: "A sign-in gives one token, whoever asks with its code how often.",
    source: SOURCE,
  },
  {
    id: "tokens:device:ends",
    promise: "A sign-in that nobody decided within ten minutes is not there any more.",
    source: SOURCE,
  },
  {
    id: "tokens:device:slow-down",
    promise: "A terminal that asks too often is told to wait, and has to wait longer from then on.",
    source: SOURCE,
  },
  {
    id: "tokens:device:few-tries",
    promise: "Beginning sign-ins and trying codes is limited by the minute.",
    source: SOURCE,
  },
];
