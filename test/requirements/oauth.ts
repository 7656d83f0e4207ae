import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/connect-clients.md";

/** Programs of others that act for a person who has let them in. */
export const requirements: Requirement[] = [
  {
    id: "oauth:flow:foreign-client",
    promise: "A strict foreign client of OAuth finds its way in by the documents alone, and renews and gives up its access.",
    source: SOURCE,
  },
];
