import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "typing:golden:subset-is-written-down",
    promise:
      "The subset of Python's types that becomes forms is written down as signatures with their schemas.",
    source: "design: typed functions",
  },
  {
    id: "typing:source:never-run",
    promise: "A file's actions are read from its source alone; no line of it is run to find them.",
    source: "design: typed functions",
  },
  {
    id: "typing:refusal:line-and-suggestion",
    promise: "What cannot be a form is refused with its line and what to write instead.",
    source: "design: typed functions",
  },
  {
    id: "typing:run:arrives-as-hinted",
    promise: "Whatever a form may send for an accepted signature arrives in Python as it is hinted.",
    source: "design: typed functions",
  },
  {
    id: "typing:run:fault-names-its-field",
    promise:
      "An input that is not what its hint says fails the run before the function is called, and names its field.",
    source: "design: typed functions",
  },
];
