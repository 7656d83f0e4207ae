import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "./system-parts.mjs";

/**
 * Installs node_modules when a package that the lockfile names is absent or of another version.
 * npm's own record of what it installed (`node_modules/.package-lock.json`) is compared, so a plain
 * `npm install` by hand counts as well.
 * @param {{ root: string, say: (line: string) => void }} options
 */
export function ensurePackages({ root, say }) {
  if (installedMatchesLock(root) && localNodeWorks(root)) return;

  say("Installing packages (npm ci) ...");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const options = /** @type {const} */ ({ cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const run =
    npm !== undefined && npm.endsWith(".js")
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync("npm", args, options);
  if (run.status !== 0 || !localNodeWorks(root))
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

/** @param {string} root */
export function localNode(root) {
  return join(root, "node_modules", ".bin", "node");
}

/** @param {string} root */
function localNodeWorks(root) {
  const run = spawnSync(localNode(root), ["--version"], { encoding: "utf8" });
  return run.status === 0 && run.stdout.startsWith("v24.");
}

/** @param {string} root */
function installedMatchesLock(root) {
  const installed = readPackages(join(root, "node_modules", ".package-lock.json"));
  const wanted = readPackages(join(root, "package-lock.json"));
  if (installed === undefined || wanted === undefined) return false;

  return Object.entries(wanted).every(([path, entry]) => {
    const isRoot = path === "";
    const mayBeAbsent = entry.optional === true || entry.devOptional === true || entry.peer === true;
    if (isRoot || (mayBeAbsent && installed[path] === undefined)) return true;

    return installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }> | undefined}
 */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
