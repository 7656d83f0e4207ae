import type { Requirement } from "../requirements.ts";

const issue = "Issue M, query tools";

export const requirements: Requirement[] = [
  {
    id: "queries:hostile:only-errors",
    promise:
      "A statement that would write, leave its table or cost more than it may is answered by an error and changes nothing.",
    source: issue,
  },
  {
    id: "queries:hostile:refused-at-push",
    promise: "What the words of a statement tell of it is refused when the worker is pushed.",
    source: issue,
  },
  {
    id: "queries:hostile:values-are-values",
    promise: "What a caller gives is a value, whatever it says: never a part of a statement.",
    source: issue,
  },
  {
    id: "queries:search:without-an-index",
    promise: "A search without an index knows no case and no accents either, and gives the best rows first.",
    source: issue,
  },
  {
    id: "queries:tables:joined",
    promise:
      "Statements join other declared tables of a SQLite file, and read nothing of them that is not declared.",
    source: issue,
  },
  {
    id: "queries:columns:judged-at-push",
    promise:
      "A csv file of the folder that does not name the declared columns is refused at push, with the line of each.",
    source: issue,
  },
  {
    id: "queries:actions:answer",
    promise:
      "Search, filter, stats, get and statements answer typed rows, how many there are, and whether some are missing.",
    source: issue,
  },
  {
    id: "queries:sources:read",
    promise:
      "The data may be csv, tsv, json, ndjson or SQLite: a file of the folder, an upload, a context, a table of the store, or fetched.",
    source: issue,
  },
  {
    id: "queries:sources:place-of-fault",
    promise: "Data that is not as declared is refused with its line, its column and what stands there.",
    source: issue,
  },
  {
    id: "queries:sources:unsupported",
    promise: "A kind of file that is not read is refused with the reason and what to write instead.",
    source: issue,
  },
  {
    id: "queries:manifest:checked",
    promise: "A query that names what is not declared, or says no sense, is refused at push with its place.",
    source: issue,
  },
  {
    id: "queries:tools:read-only",
    promise: "Each action is a tool that says that it only reads, with a schema of what it takes and gives.",
    source: issue,
  },
  {
    id: "queries:network:its-host-alone",
    promise: "A query worker's sandbox reaches the host of its source and no other; without one, none.",
    source: issue,
  },
];
