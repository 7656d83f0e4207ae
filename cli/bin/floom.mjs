#!/usr/bin/env node
// The entry of `floom`: plain JavaScript for any Node >= 20. The CLI itself is TypeScript in a checkout, and what that was
// built into in an installed package; it runs on Floom's own Node, which is started here when an older one is on PATH.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import module from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findOwnNode } from "../../scripts/bootstrap/own-node.mjs";

const root = dirname(dirname(dirname(realpathSync(fileURLToPath(import.meta.url)))));
const source = join(root, "cli", "main.ts");
const built = join(root, "dist", "package", "cli.mjs");
const isCheckout = existsSync(source);
const main = isCheckout ? source : built;
const [major, minor] = process.versions.node.split(".").map(Number);
const stripsTypes = major > 23 || (major === 22 && minor >= 18);
const ownNode = findOwnNode();
/** Halves the start: compiled code is kept from one call to the next. */
const compiled = join(isCheckout ? join(root, "node_modules") : dirname(root), ".cache", "floom");

if (!existsSync(main))
  stop("This package was packed from a checkout before it was built. There, type: npm run pack");
else if (isCheckout ? stripsTypes : major >= 22) {
  module.enableCompileCache?.(compiled);
  await import(pathToFileURL(main).href);
} else if (ownNode !== undefined) runOnNode(ownNode);
else stop(explainOldNode());

function explainOldNode() {
  return isCheckout
    ? `floom needs the checkout's own Node, which is not installed yet (this is ${process.version}).\nType: cd ${root} && npm ci`
    : `floom needs Node 24, and none came with its packages (this is ${process.version}).`;
}

/** @param {string} why */
function stop(why) {
  process.stderr.write(`${why}\n`);
  process.exitCode = 6;
}

/** @param {string} node */
function runOnNode(node) {
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: compiled, ...process.env },
  });
  // A terminal sends Ctrl-C to both of us, `kill` to this one alone; the child takes a second one calmly.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => stop(`floom could not start ${node}: ${error.message}`));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}
