import type { Requirement } from "../requirements.ts";

const source = "Issue D, item 9: attacks as a product";

export const requirements: Requirement[] = [
  {
    id: "attack:suite:three-hundred",
    promise: "`npm run attack` tries more than three hundred things, each named with what an attacker wants.",
    source,
  },
  {
    id: "attack:judge:blocked-needs-proof",
    promise: "An attempt is blocked only when a refusal was seen; anything else that was seen got through.",
    source,
  },
  {
    id: "attack:judge:control-must-work",
    promise: "No attempt is blocked unless a control shows that it would have been seen if it had worked.",
    source,
  },
  {
    id: "attack:report:last-line",
    promise: "The report is a table of areas and ends with one line: N tried, N blocked, N got through.",
    source,
  },
  {
    id: "attack:report:known-and-open",
    promise: "What is known to get through is named above the last line, and counts as got through.",
    source,
  },
  {
    id: "attack:suite:running-system",
    promise:
      "With an address and a token the suite attacks a system that runs already, and leaves no worker behind in it.",
    source,
  },
];
