import { spawn } from "node:child_process";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensurePackages, linkFloom, localNode } from "./packages.mjs";
import { ensureBrowser, ensureSystemParts, SetupError } from "./system-parts.mjs";

// Plain JavaScript without dependencies: this runs on a fresh clone, on whatever Node is there.

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const OLDEST_NODE = 20;
const PARENT_CHECK_MS = 1000;

/**
 * Prepares machine and checkout, then runs a script of the project on the project's own Node and ends as it
 * ends.
 * @param {string} script path below the checkout
 * @param {{ args?: string[], browser?: boolean }} [options] `args` come before those of the command line;
 *   `browser` also looks for the browser of the tests
 */
export function bootstrapAndRun(script, { args = [], browser = false } = {}) {
  const say = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  try {
    if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
      throw new SetupError(
        `Floom needs Node ${OLDEST_NODE} or newer to set itself up; this is ${process.version}.`,
      );
    }
    ensureSystemParts(say);
    if (browser) ensureBrowser(say);

    ensurePackages({ root, say });
    linkFloom(root);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;

    say(error.message);
    process.exit(1);
  }
  handOver(join(root, script), [...args, ...process.argv.slice(2)]);
}

/**
 * @param {string} program
 * @param {string[]} args
 */
function handOver(program, args) {
  const child = spawn(localNode(root), [program, ...args], {
    cwd: root,
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH ?? ""}` },
    // Its own group: Ctrl-C reaches it once, through us, and not a second time from the terminal.
    detached: true,
  });
  const signals = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
  for (const signal of signals) process.on(signal, () => child.kill(signal));

  const parent = process.ppid;
  const orphanWatch = setInterval(() => {
    if (process.ppid !== parent) child.kill("SIGTERM");
  }, PARENT_CHECK_MS);
  orphanWatch.unref();
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    clearInterval(orphanWatch);
  });
}
