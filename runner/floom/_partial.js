"use strict";
// Tells what a function hands back piece by piece while it goes on. A thread of its own sends it, so that a piece is told
// though the next one keeps this thread busy for an hour.
const { createConnection } = require("node:net");
const { isMainThread, parentPort, Worker, workerData } = require("node:worker_threads");

/** Between two messages; whoever gives pieces faster is told of by the newest of them. */
const INTERVAL_MS = 250;
const MOST_CHARACTERS = 16 * 1024;
const MOST_PIECES = 100;
const PIECE_CHARACTERS = 4096;
const PIECE_NODES = 200;
const PIECE_LEVELS = 12;
const LAST_WORD_MS = 2000;
/** So many pieces may wait for the thread before whoever gives them waits too. */
const MOST_WAITING = 1000;
const CUT = "\u2026";

/**
 * A small picture of a value, as JSON: it takes no more time than its bounds allow, keeps no file, uses up no iterator
 * and refuses nothing.
 */
class Preview {
  #characters = PIECE_CHARACTERS;
  #nodes = PIECE_NODES;

  write(value, level = 0) {
    this.#nodes -= 1;
    if (this.#nodes < 0 || level >= PIECE_LEVELS) return CUT;
    if (value === null || value === undefined || typeof value === "boolean") return value ?? null;
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "number") return isExact(value) ? value : String(value);
    if (typeof value === "bigint")
      return value < 2n ** 1024n && value > -(2n ** 1024n) ? this.#text(String(value)) : nameOf(value);
    if (typeof value !== "object") return nameOf(value);
    if (value instanceof Uint8Array) return `<${value.length} bytes>`;
    if (value instanceof URL) return this.#text(value.href);
    if (typeof value.mediaType === "string" && typeof value.name === "string") return this.#text(value.name);
    if (Array.isArray(value)) return this.#list(value, value.length, level);
    if (value instanceof Set) return this.#list(value, value.size, level);
    if (value instanceof Map) return this.#object(value, value.size, level);
    if (typeof value.toJSON === "function") return this.write(value.toJSON(), level + 1);
    if (Symbol.iterator in value || Symbol.asyncIterator in value) return nameOf(value);
    const keys = Object.keys(value);
    const entries = keys.slice(0, Math.max(0, this.#nodes)).map((key) => [key, value[key]]);
    return this.#object(entries, keys.length, level);
  }

  #text(text) {
    const shown = text.slice(0, Math.max(0, this.#characters));
    this.#characters -= shown.length;
    return shown.length === text.length ? shown : shown + CUT;
  }

  #list(items, length, level) {
    const shown = [];
    for (const item of items) {
      if (this.#nodes <= 0) break;
      shown.push(this.write(item, level + 1));
    }
    return shown.length === length ? shown : [...shown, CUT];
  }

  #object(entries, length, level) {
    const shown = [];
    for (const [key, item] of entries) {
      if (this.#nodes <= 0) break;
      if (item === undefined || key === "__proto__") length -= 1;
      else shown.push([this.#text(String(key)), this.write(item, level + 1)]);
    }
    return Object.fromEntries(shown.length === length ? shown : [...shown, [CUT, CUT]]);
  }
}

/** The edge reads whole numbers up to 2^53. */
const isExact = (value) =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

const nameOf = (value) => `<${String(value?.constructor?.name ?? typeof value).slice(0, 80)}>`;

function preview(piece) {
  try {
    return new Preview().write(piece) ?? null;
  } catch {
    // What a value's own code does when it is looked at is told by the result, not here.
    return `<${typeof piece}>`;
  }
}

/**
 * The pieces of what a function handed back, as they come: each is told and then given on. `isText`: they are parts of one
 * text. Throws what the function throws.
 */
async function* tellPieces(pieces, isText) {
  const thread = process.env.FLOOM_EVENTS === undefined ? null : startThread(isText);
  try {
    for await (const piece of pieces) {
      if (thread?.isHeard === true) await thread.tell(pictureOf(piece, isText));
      yield piece;
    }
  } finally {
    if (thread !== null) await endThread(thread.worker);
  }
}

function pictureOf(piece, isText) {
  const text = isText && typeof piece === "string" ? piece : null;
  if (text !== null) return { piece: text.slice(-MOST_CHARACTERS), isCut: text.length > MOST_CHARACTERS };
  return { piece: isText ? JSON.stringify(preview(piece)) : preview(piece), isCut: false };
}

function startThread(isText) {
  const taken = new Int32Array(new SharedArrayBuffer(4));
  const workerData = { path: process.env.FLOOM_EVENTS, isText, taken };
  try {
    const worker = new Worker(__filename, { workerData, execArgv: [], stdout: true, stderr: true });
    const thread = { worker, isHeard: true, tell };
    let told = 0;
    // There may be no room for it, or nobody listens: the result comes without it.
    worker.on("error", () => (thread.isHeard = false));
    worker.on("exit", () => (thread.isHeard = false));
    worker.unref();
    return thread;

    async function tell(picture) {
      worker.postMessage(picture);
      told += 1;
      while (thread.isHeard && told - Atomics.load(taken, 0) > MOST_WAITING)
        await new Promise((resolve) => setTimeout(resolve, 1));
    }
  } catch {
    return null;
  }
}

/** What has not been told yet is waited for no longer than a moment. */
function endThread(thread) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LAST_WORD_MS);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    thread.ref();
    thread.once("exit", done);
    thread.postMessage({ isEnd: true });
  }).finally(() => thread.terminate());
}

/** The thread: holds the newest pieces, and sends what has come since the last message. */
function send({ path, isText, taken }) {
  const held = { pieces: [], size: 0, count: 0, follows: true };
  let [isConnected, isAnswered, isResting, isEnding] = [false, true, false, false];
  const connection = createConnection(path, () => {
    isConnected = true;
    flush();
  });
  connection.on("error", () => process.exit(0));
  connection.on("close", () => process.exit(0));
  connection.on("data", (answer) => {
    if (!answer.includes('"error": null')) process.exit(0);
    isAnswered = true;
    setTimeout(() => {
      isResting = false;
      flush();
    }, INTERVAL_MS);
    flush();
  });

  function flush() {
    if (!isConnected || !isAnswered || (isResting && !isEnding)) return;
    if (held.pieces.length === 0) {
      if (isEnding) process.exit(0);
      return;
    }
    [isAnswered, isResting] = [false, true];
    const { count, follows, pieces } = held;
    const told = { type: "partial", count, follows, pieces: isText ? pieces.join("") : pieces };
    connection.write(`${JSON.stringify(told)}\n`);
    Object.assign(held, { pieces: [], size: 0, follows: true });
  }

  parentPort.on("message", ({ piece, isCut, isEnd }) => {
    if (isEnd) isEnding = true;
    else hold(held, { piece, isCut, isText });
    Atomics.add(taken, 0, 1);
    flush();
  });
}

function hold(held, { piece, isCut, isText }) {
  const weigh = (one) => (isText ? one.length : JSON.stringify(one).length);
  if (isCut) Object.assign(held, { pieces: [], size: 0, follows: false });
  held.count += 1;
  held.pieces.push(piece);
  held.size += weigh(piece);
  while (held.size > MOST_CHARACTERS || (!isText && held.pieces.length > MOST_PIECES)) {
    held.size -= weigh(held.pieces.shift());
    held.follows = false;
  }
}

if (isMainThread || workerData?.path === undefined) module.exports = { tellPieces };
else send(workerData);
