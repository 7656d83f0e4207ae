#!/usr/bin/env node
// The entry of `floom`: plain JavaScript for any Node >= 20. The CLI itself is TypeScript and runs on the
// checkout's own Node, which is started here when another one was found on PATH.
import { spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const cliDir = dirname(dirname(realpathSync(fileURLToPath(import.meta.url))));
const main = join(cliDir, "main.ts");
const localNode = join(cliDir, "..", "node_modules", ".bin", "node");
const [major, minor] = process.versions.node.split(".").map(Number);
const stripsTypes = major > 23 || (major === 22 && minor >= 18);

if (stripsTypes) await import(main);
else if (existsSync(localNode)) runOnLocalNode();
else {
  process.stderr.write(
    `floom needs the checkout's own Node, which is not installed yet (this is ${process.version}).\n` +
      `Type: cd ${join(cliDir, "..")} && npm ci\n`,
  );
  process.exitCode = 6;
}

function runOnLocalNode() {
  const child = spawn(localNode, [main, ...process.argv.slice(2)], {
    stdio: "inherit",
    // Halves the start: compiled code is kept from one call to the next.
    env: { NODE_COMPILE_CACHE: join(cliDir, "..", "node_modules", ".cache", "floom"), ...process.env },
  });
  // A terminal sends Ctrl-C to both of us, `kill` to this one alone; the child takes a second one calmly.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`floom could not start ${localNode}: ${error.message}\n`);
    process.exitCode = 6;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  });
}
