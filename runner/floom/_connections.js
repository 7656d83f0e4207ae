"use strict";
// What a worker declares under connections.
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { askCommand } = require("./_command.js");

/** A call failed, or was not made: `code`, `content`, `retryable`, `sent` and `approvalId` say how. */
class ConnectionFailed extends Error {
  constructor({ message, approval_id: approvalId, ...facts }) {
    super(message);
    Object.assign(this, { name: "ConnectionFailed", approvalId }, facts);
  }
}

const run = (words, input) =>
  askCommand(words, input, { Failed: ConnectionFailed, unable: "connections can be used" });

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
