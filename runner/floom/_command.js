"use strict";
// The command `floom`, which knows the way out of the sandbox.
const { spawn } = require("node:child_process");

/** What the command prints, as JSON. Rejects with a `Failed` where there is no command, or where it says something else. */
function askCommand(words, input, { Failed, unable }) {
  return new Promise((resolve, reject) => {
    const child = spawn("floom", words, { stdio: ["pipe", "pipe", "pipe"] });
    const out = [];
    const told = [];
    child.stdout.on("data", (part) => out.push(part));
    child.stderr.on("data", (part) => told.push(part));
    child.on("error", (error) =>
      reject(new Failed({ message: `${unable} only from within a run: ${error.message}`, code: "no_run" })),
    );
    child.on("close", () => {
      try {
        resolve(JSON.parse(Buffer.concat(out).toString()));
      } catch {
        reject(new Failed({ message: Buffer.concat(told).toString().trim(), code: "refused" }));
      }
    });
    // A command that ends before it has read everything says why.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}

module.exports = { askCommand };
