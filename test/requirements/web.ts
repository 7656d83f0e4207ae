import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "web:live-log:reconnects-without-loss",
    promise: "A live log that loses its connection goes on where it was: no line missing, none twice.",
    source: "issue A, point 9",
  },
  {
    id: "web:empty:says-what-to-do-next",
    promise: "A page with nothing to show says what to do next, with commands to copy.",
    source: "issue A, point 9",
  },
];
