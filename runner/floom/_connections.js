"use strict";
// What a worker declares under connections. Asked by the command `floom`, which knows the way out of the sandbox.
const { spawn } = require("node:child_process");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

/** A call failed, or was not made: `code`, `content`, `retryable`, `sent` and `approvalId` say how. */
class ConnectionFailed extends Error {
  constructor({ message, approval_id: approvalId, ...facts }) {
    super(message);
    Object.assign(this, { name: "ConnectionFailed", approvalId }, facts);
  }
}

/** What the command prints, as JSON. */
function run(words, input) {
  return new Promise((resolve, reject) => {
    const child = spawn("floom", words, { stdio: ["pipe", "pipe", "pipe"] });
    const out = [];
    const told = [];
    child.stdout.on("data", (part) => out.push(part));
    child.stderr.on("data", (part) => told.push(part));
    child.on("error", (error) =>
      reject(
        new ConnectionFailed({
          message: `connections can be used only from within a run: ${error.message}`,
          code: "no_run",
        }),
      ),
    );
    child.on("close", () => {
      try {
        resolve(JSON.parse(Buffer.concat(out).toString()));
      } catch {
        reject(new ConnectionFailed({ message: Buffer.concat(told).toString().trim(), code: "refused" }));
      }
    });
    // A command that ends before it has read everything says why.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

function readIds() {
  const path = join(process.env.FLOOM_INPUT_DIR ?? ".", "connections.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

function open(name) {
  return {
    name,
    /** Its id; undefined where it is not there. */
    get id() {
      return readIds()[name];
    },
    /**
     * Calls a tool and answers what it gives back; rejects with ConnectionFailed. A call that a person has to approve waits
     * until that is decided, or `wait` seconds at most. The same `key` is the same call.
     */
    async execute(tool, given = {}, { wait, key } = {}) {
      const flags = [
        ...(wait === undefined ? [] : [`--wait=${wait}`]),
        ...(key === undefined ? [] : [`--key=${key}`]),
      ];
      const told = await run(
        ["connections", "call", "--json", ...flags, "--", name, tool, "-"],
        JSON.stringify(given),
      );
      if (told.error) throw new ConnectionFailed(told.error);
      return told.content;
    },
    /** The tools that may be called. */
    tools: () => run(["connections", "tools", "--", name], ""),
  };
}

const connections = new Proxy(Object.create(null), {
  get: (_none, name) => (typeof name === "string" && name !== "then" ? open(name) : undefined),
  has: (_none, name) => name in readIds(),
  ownKeys: () => Object.keys(readIds()),
  getOwnPropertyDescriptor: (_none, name) => ({ value: open(name), enumerable: true, configurable: true }),
});

module.exports = { connections, ConnectionFailed };
