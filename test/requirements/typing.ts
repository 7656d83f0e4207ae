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
  {
    id: "typing:requirements:missing-and-unused",
    promise:
      "What a folder imports and does not name as a requirement is named with its place, and so is what is named in vain.",
    source: "issue: typed functions",
  },
  {
    id: "typing:requirements:unknown-is-asked",
    promise: "A module that is not well known is never installed on its name's word.",
    source: "issue: typed functions",
  },
  {
    id: "typing:secrets:read-from-source",
    promise: "The secrets that a file reads are found in its source.",
    source: "issue: typed functions",
  },
  {
    id: "typing:golden:javascript-by-jsdoc",
    promise:
      "The subset of JSDoc's types that becomes forms is written down as functions with their schemas.",
    source: "issue: typed functions",
  },
  {
    id: "typing:deploy:javascript",
    promise:
      "The exported functions of a JavaScript file are deployed as Python's are, and what goes into them is judged by the same schemas.",
    source: "issue: typed functions",
  },
  {
    id: "typing:deploy:one-call",
    promise:
      "One call with a typed Python file answers the page, the endpoints, the tools, the schemas and the secrets that are missing.",
    source: "design: typed functions",
  },
  {
    id: "typing:actions:judged-by-schema",
    promise:
      "The inputs of an action are judged once by its JSON Schema: each fault points at its field, defaults are filled in, and files are found at any depth.",
    source: "design: typed functions",
  },
  {
    id: "typing:actions:named-at-start",
    promise:
      "A start names the action it means; where there are several and none is named, the answer names them.",
    source: "design: typed functions",
  },
  {
    id: "typing:outputs:chart-drawn",
    promise:
      "A Vega-Lite specification that a run puts out is drawn, in the app and on pages without scripts, with its rows beside it.",
    source: "design: typed functions",
  },
  {
    id: "typing:outputs:chart-hostile",
    promise:
      "A chart loads nothing, calculates nothing without end and does nothing in its viewer's browser.",
    source: "design: typed functions",
  },
];
