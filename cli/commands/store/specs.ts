import { defineCommand } from "../../command.ts";

const key = { description: "The key.", required: true } as const;
const worker = {
  kind: "value",
  flags: "-w, --worker <name>",
  description: "The store of this worker; left out, that of the workspace.",
  complete: "workers",
} as const;
const once = {
  kind: "value",
  flags: "--once <key>",
  description: "An idempotency key: a repeat within a day changes nothing.",
} as const;
const ifVersion = {
  kind: "value",
  flags: "--if-version <version>",
  description: "Only if the key has this version; none: only if there is no such key.",
} as const;
const ttl = { kind: "number", flags: "--ttl <seconds>", description: "Gone after so many seconds." } as const;

export const getValueSpec = defineCommand({
  name: "store get",
  summary: "Print a value of a store",
  description: "JSON is printed as it was written: no number in it changes.",
  args: { key },
  options: {
    worker,
    bytes: { kind: "flag", flags: "--bytes", description: "Print it byte for byte, without a line end." },
  },
  json: true,
  examples: [
    { line: "floom store get last_order --worker invoice-bot", does: "Print it." },
    { line: "floom store get logo --bytes > logo.png", does: "Save it to a file." },
  ],
});

export const setValueSpec = defineCommand({
  name: "store set",
  summary: "Set a value of a store",
  description:
    "The value is an argument, or standard input, where one line end behind it is left out. What is JSON is kept as JSON, as it is written; any other text is kept as a JSON string.",
  args: { key, value: { description: "The value; left out, standard input is read.", required: false } },
  options: {
    worker,
    bytes: { kind: "flag", flags: "--bytes", description: "Keep it byte for byte, whatever it is." },
    ttl,
    ifVersion,
    once,
  },
  json: true,
  examples: [
    { line: "floom store set rate 1.25 --worker invoice-bot", does: "Keep a number." },
    { line: "floom store set token abc --ttl 3600", does: "Keep a text for an hour." },
    { line: "floom store set logo --bytes < logo.png", does: "Keep a file." },
  ],
});

export const listKeysSpec = defineCommand({
  name: "store list",
  aliases: ["ls"],
  summary: "List keys of a store, and how full it is",
  args: { prefix: { description: "Only keys that begin so.", required: false } },
  options: {
    worker,
    limit: { kind: "number", flags: "-n, --limit <count>", description: "How many at most (50)." },
    cursor: { kind: "value", flags: "--cursor <cursor>", description: "Go on behind an earlier page." },
  },
  json: true,
  examples: [{ line: "floom store list order/ --worker invoice-bot", does: "List what begins with order/." }],
});

export const deleteKeySpec = defineCommand({
  name: "store delete",
  aliases: ["rm"],
  summary: "Delete a key of a store",
  args: { key },
  options: { worker, ifVersion },
  json: true,
  examples: [{ line: "floom store delete last_order --worker invoice-bot", does: "Delete it." }],
});

export const incrementSpec = defineCommand({
  name: "store increment",
  aliases: ["incr"],
  summary: "Count a key up or down",
  args: { key, by: { description: "A whole number of 64 bits (1).", required: false } },
  options: { worker, ttl, once },
  json: true,
  examples: [
    { line: "floom store increment visits", does: "Count one more." },
    { line: "floom store increment credit -- -5", does: "Count five less." },
  ],
});

export const listTablesSpec = defineCommand({
  name: "store tables",
  summary: "List the tables of a store",
  args: {},
  options: { worker },
  json: true,
  examples: [{ line: "floom store tables --worker dedupe", does: "Show its tables and how they were made." }],
});

export const querySpec = defineCommand({
  name: "store query",
  summary: "Ask or change the tables of a store in SQL",
  description:
    "One statement, as an argument or from standard input. Parameters stand for its `?`: each is JSON, or else a text.",
  args: { sql: { description: "The statement; left out, standard input is read.", required: false } },
  options: {
    worker,
    param: {
      kind: "list",
      flags: "-p, --param <value>",
      description: "A parameter; may be given several times.",
    },
    write: { kind: "flag", flags: "--write", description: "It may change tables." },
    once,
  },
  json: true,
  examples: [
    { line: 'floom store query "SELECT * FROM seen WHERE id = ?" -p 7 -w dedupe', does: "Ask a table." },
    { line: 'floom store query --write "DELETE FROM seen" -w dedupe', does: "Change one." },
  ],
});

export const exportSpec = defineCommand({
  name: "store export",
  summary: "Export the keys, values and tables of a store",
  description: "To standard output, as a JSON document a line or as CSV. CSV has the keys, or one table.",
  args: {},
  options: {
    worker,
    format: {
      kind: "value",
      flags: "--format <format>",
      description: "json or csv (json).",
      choices: ["json", "csv"],
    },
    table: { kind: "value", flags: "--table <name>", description: "The rows of this table alone." },
  },
  json: false,
  examples: [
    { line: "floom store export --worker dedupe > dedupe.ndjson", does: "Export all of it." },
    { line: "floom store export --worker dedupe --format csv --table seen", does: "Export one table." },
  ],
});
