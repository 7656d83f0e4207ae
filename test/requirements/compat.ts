import type { Requirement } from "../requirements.ts";

const SHAPES = "docs/decisions/0022-the-first-clients-shapes.md";

/** What the clients of the first Floom find here. */
export const requirements: Requirement[] = [
  {
    id: "compat:original:tools-work",
    promise: "Every tool and command of the first Floom's clients whose feature exists here works unchanged.",
    source: "docs/reference/first-clients.md",
  },
  {
    id: "compat:original:missing-is-named",
    promise: "What those clients ask for and this server does not have is refused by its name.",
    source: "docs/reference/first-clients.md",
  },
  {
    id: "compat:own-shapes-on-request",
    promise: "Whoever asks for this server's own shapes is answered pages, whatever others read.",
    source: SHAPES,
  },
  {
    id: "compat:program-gets-no-page",
    promise: "A program is never answered a page instead of what it asked for, nor an empty refusal.",
    source: SHAPES,
  },
];
