import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/store.md";

/** What workers remember from run to run. */
export const requirements: Requirement[] = [
  {
    id: "store:keys:exact",
    promise: "A value is given back byte for byte: whole numbers beyond 2^53 survive.",
    source: SOURCE,
  },
  {
    id: "store:keys:apart",
    promise: "A worker's store, its workspace's and those of others do not know each other's keys.",
    source: SOURCE,
  },
  {
    id: "store:keys:ttl",
    promise: "A key with a time to live is gone when it is over, and takes no room afterwards.",
    source: SOURCE,
  },
  {
    id: "store:keys:compare-and-set",
    promise: "Of many who write with the version that they read, one succeeds.",
    source: SOURCE,
  },
  {
    id: "store:keys:once",
    promise: "A write that is repeated under its idempotency key is done once.",
    source: SOURCE,
  },
  {
    id: "store:keys:list",
    promise: "Keys are listed by prefix in the order of their bytes, each once, page by page.",
    source: SOURCE,
  },
  {
    id: "store:quota:shown",
    promise: "Limits of a store are held, and answers say how much of them is used.",
    source: SOURCE,
  },
  {
    id: "store:rows:few",
    promise: "Reading a key writes no row, and setting one writes at most two.",
    source: SOURCE,
  },
  {
    id: "store:sql:guarded",
    promise: "A statement reaches people's own tables of one store, and nothing else.",
    source: SOURCE,
  },
  {
    id: "store:sql:exact",
    promise: "Whole numbers of 64 bits and bytes pass SQL unchanged, or are refused by name.",
    source: SOURCE,
  },
  {
    id: "store:export:whole",
    promise: "An export has every key, value and row, as JSON or CSV.",
    source: SOURCE,
  },
  {
    id: "store:run:own-writes",
    promise: "A run that writes transactionally sees its own writes, and nobody else does before its end.",
    source: SOURCE,
  },
  {
    id: "store:run:all-or-nothing",
    promise:
      "What a transactional run has written is there after its success, once, and never after a failure.",
    source: SOURCE,
  },
  {
    id: "store:run:fenced",
    promise: "A script whose attempt is lost, held or over writes nothing.",
    source: SOURCE,
  },
  {
    id: "store:delete:nothing-left",
    promise: "With a worker its store goes, and with a workspace all of them.",
    source: SOURCE,
  },
  {
    id: "store:script:python",
    promise: "A script in Python, JavaScript or a shell uses the store by its run's own token.",
    source: SOURCE,
  },
  {
    id: "store:cli",
    promise:
      "`floom store` gets, sets, lists, deletes, counts, exports and queries, from words or standard input.",
    source: SOURCE,
  },
];
