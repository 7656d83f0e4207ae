"use strict";
// What JavaScript workers can import: `import { approve } from "floom"` or `const { approve } = require("floom")`.
const { spawnSync } = require("node:child_process");
const { randomUUID } = require("node:crypto");
const { existsSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const inDir = (name) => join(process.env.FLOOM_INPUT_DIR ?? ".", name);
const resultPath = () => join(process.env.FLOOM_OUTPUT_DIR ?? ".", "result.json");
const readObject = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {});

const { connections } = require("./_connections.js");
const files = require("./_files.js");

/** Files of typed functions: with a path, a name, a size and a media type; a Table has rows. */
exports.File = files.File;
exports.Image = files.Image;
exports.Table = files.Table;

/** What worker.yml declares under connections: `await connections.linear.execute("search", {text})`. */
exports.connections = connections;

const models = require("./_models.js");

/** Asks a model: `(await llm("Say hello")).content`. Rejects with ModelFailed. */
exports.llm = models.llm;
/** Asks several at a time; each answer has content or an error. */
exports.llmBatch = models.llmBatch;
/** Makes a vector of each text. */
exports.embed = models.embed;

let isAnswered = false;

/** The inputs of this run by name. File inputs are paths relative to the working directory. */
exports.inputs = function inputs() {
  return readObject(inDir("inputs.json"));
};

/** The value of a declared secret. Throws when it is not set and there is no other value. */
exports.secret = function secret(name, otherwise) {
  const value = process.env[name] ?? otherwise;
  if (value === undefined)
    throw new Error(
      `the secret ${name} is not set; declare it under exec.secrets in worker.yml and set its value`,
    );
  return value;
};

/** Sets one output now, in result.json: a value, or for a file output its path, or the text or JSON it shall hold. */
exports.writeOutput = function writeOutput(name, value) {
  const document = readObject(resultPath());
  const outputs = { ...document.outputs, [name]: value };
  writeFileSync(resultPath(), JSON.stringify({ status: "success", ...document, outputs }));
};

/**
 * Goes on only when a person has agreed, and returns what was agreed to: `outputs` and those told by `writeOutput` before,
 * with the person's changes. The worker needs `approvals: {required: true}`.
 *
 * The run ends here, without a sandbox that waits; once it is approved the script starts again from its top, in a run of
 * its own, and this call returns. So what comes before it happens twice and may do nothing but prepare.
 */
exports.approve = function approve({ label, preview, previewType, outputs } = {}) {
  const decision = process.env.FLOOM_DECISION;
  if (decision === "approved") {
    if (isAnswered)
      throw new Error("approve() can ask once in a run: put all that is to be approved into one question");
    isAnswered = true;
    const answer = exports.inputs().approved_output;
    return typeof answer === "object" && answer !== null ? answer : {};
  }
  if (decision === undefined && process.env.FLOOM_RUN_ID !== undefined)
    throw new Error("approve() asks nobody here: write approvals: {required: true} in worker.yml");
  const document = readObject(resultPath());
  const decision_required = { label, preview, preview_type: previewType };
  const proposed = { ...document.outputs, ...outputs };
  const result = { ...document, status: "success", outputs: proposed, decision_required };
  writeFileSync(resultPath(), JSON.stringify(result));
  if (decision === undefined)
    console.log(
      `approve: ${label ?? "Approve action"}; outside Floom nobody is asked, so the script ends here`,
    );
  process.exit(0);
};

/** Stands before the digits of a whole number that a double would change; nobody else can know it. */
const MARK = `${randomUUID()}:`;

/** What JSON says, with such whole numbers as BigInt. */
function parseExact(text) {
  const marked = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${MARK}${token}"` : token,
  );
  return JSON.parse(marked, (_name, value) =>
    typeof value === "string" && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  );
}

function showExact(value) {
  const text = JSON.stringify(value, (_name, inner) =>
    typeof inner === "bigint" ? `${MARK}${inner}` : inner,
  );
  if (text === undefined) throw new TypeError(`the store keeps what JSON can say, not ${typeof value}`);
  return text.replaceAll(new RegExp(`"${MARK}(-?\\d+)"`, "g"), "$1");
}

/** Asks by the command `floom`, which knows the way out of the sandbox. Answers bytes, null where there is no such key. */
function askStore(words, input = "") {
  const done = spawnSync("floom", ["store", ...words], { input, maxBuffer: 64 * 1024 * 1024 });
  if (done.error) throw new Error(`the store can be reached only from within a run: ${done.error.message}`);
  if (done.status === 0) return done.stdout;
  if (done.status === 4) return null;
  const error = new Error(done.stderr.toString().trim());
  error.code = done.status === 5 ? "store_conflict" : "store_refused";
  throw error;
}

function openStore(place) {
  const flags = ({ ttl, ifVersion, once } = {}) => [
    ...place,
    ...(ttl === undefined ? [] : [`--ttl=${ttl}`]),
    ...(ifVersion === undefined ? [] : [`--if-version=${ifVersion}`]),
    ...(once === undefined ? [] : [`--once=${once}`]),
  ];
  const sql = (words, text, params = []) => {
    const wire = params.map((value) =>
      typeof value === "bigint"
        ? { integer: String(value) }
        : value instanceof Uint8Array
          ? { bytes: Buffer.from(value).toString("base64") }
          : value,
    );
    const told = askStore(["query", ...words, `--params=${JSON.stringify(wire)}`], text);
    const { columns, rows, ...more } = JSON.parse(told.toString());
    const read = (cell) =>
      typeof cell !== "object" || cell === null
        ? cell
        : "integer" in cell
          ? BigInt(cell.integer)
          : Buffer.from(cell.bytes, "base64");
    const named = rows.map((row) => Object.fromEntries(row.map((cell, at) => [columns[at], read(cell)])));
    return { columns, rows: named, ...more };
  };
  return {
    /** The value: what JSON said, undefined where there is no such key. */
    get(key) {
      const text = askStore(["get", ...place, "--", key]);
      return text === null ? undefined : parseExact(text.toString());
    },
    /** Keeps anything that JSON can say, BigInt included. Options: ttl (seconds), ifVersion, once. */
    set(key, value, options) {
      askStore(["set", ...flags(options), "--", key], showExact(value));
    },
    /** Bytes as they were set; undefined where there is no such key. */
    getBytes(key) {
      return askStore(["get", "--bytes", ...place, "--", key]) ?? undefined;
    },
    setBytes(key, value, options) {
      askStore(["set", "--bytes", ...flags(options), "--", key], value);
    },
    /** Whether there was such a key. */
    delete: (key, options) => askStore(["delete", ...flags(options), "--", key]) !== null,
    /** Counts up, or down, and answers what it is then, as BigInt where a number could not hold it. */
    increment: (key, by = 1, options) =>
      parseExact(askStore(["increment", ...flags(options), "--", key, String(by)]).toString()),
    /** All keys that begin so. */
    keys: (prefix = "") =>
      askStore(["list", ...place, "--", prefix])
        .toString()
        .split("\n")
        .filter((key) => key !== ""),
    /** Rows of the store's tables as objects; `params` stand for the `?`. */
    query: (text, params) => sql(place, text, params).rows,
    /** Changes the store's tables by one statement. */
    execute: (text, params, options) => sql(["--write", ...flags(options)], text, params),
  };
}

/** What the worker remembers from run to run, and what all workers of the workspace share. */
exports.store = { ...openStore([]), workspace: openStore(["--workspace"]) };
