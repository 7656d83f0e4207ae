import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { chooseNode } from "./choose-node.mjs";
import { matchesLock } from "./lockfile.mjs";
import { SetupError } from "./system-parts.mjs";

/**
 * Installs node_modules when they are not what the lockfile names, package by package.
 * npm's own record of what it installed (`node_modules/.package-lock.json`) is compared, so a plain
 * `npm install` by hand counts as well. No package's install script runs, whatever the user's npm is set to: they
 * fetch programs that no lockfile names, and nothing here needs one.
 * @param {{ root: string, say: (line: string) => void }} options
 * @throws {SetupError} when npm fails
 */
export function ensurePackages({ root, say }) {
  if (installedMatchesLock(root)) return;

  say("Installing packages (npm ci) ...");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--include=optional", "--ignore-scripts", "--no-audit", "--no-fund"];
  const options = /** @type {const} */ ({ cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const run =
    npm !== undefined && npm.endsWith(".js")
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync("npm", args, options);
  if (run.status !== 0)
    throw new SetupError("npm ci failed (see above). Check the network and the disk, then run this again.");
}

/**
 * Links `floom` into node_modules/.bin, so that `npx floom` runs the checkout at once.
 * @param {string} root
 */
export function linkFloom(root) {
  const target = "../../cli/bin/floom.mjs";
  const link = join(root, "node_modules", ".bin", "floom");
  const program = join(root, "cli", "bin", "floom.mjs");
  if (!existsSync(program)) return;

  chmodSync(program, 0o755);
  try {
    if (readlinkSync(link) === target) return;
  } catch {
    // No link yet.
  }
  mkdirSync(join(root, "node_modules", ".bin"), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(target, link);
}

/**
 * The Node that runs the project: see `chooseNode`.
 * @param {string} root
 * @throws {SetupError} when there is none
 */
export function localNode(root) {
  const path = ownNode(root);
  const run = spawnSync(path, ["--version"], { encoding: "utf8" });
  return chooseNode({
    own: { path, version: run.status === 0 ? run.stdout.trim() : undefined },
    running: { path: process.execPath, version: process.version },
  });
}

/** The package that holds Node for this machine; the lockfile has it for some systems only. */
const NODE_PACKAGE = `node_modules/node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** @param {string} root */
function ownNode(root) {
  return join(root, NODE_PACKAGE, "bin", process.platform === "win32" ? "node.exe" : "node");
}

/** @param {string} root */
function installedMatchesLock(root) {
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  const wanted = readPackages(join(root, "package-lock.json"));
  if (installed === undefined || wanted === undefined) return false;

  // npm leaves out what it could not fetch when it is optional; this one is optional for other systems only.
  const lacksNode = wanted[NODE_PACKAGE] !== undefined && !existsSync(ownNode(root));
  return !lacksNode && matchesLock(installed, wanted);
}

/**
 * @param {string} file
 * @returns {import("./lockfile.mjs").LockEntries | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
