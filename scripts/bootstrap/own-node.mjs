import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const isWindows = process.platform === "win32";

/**
 * The Node that the lockfile brings for this machine, from wherever npm has put it: beside a checkout's packages, or
 * beside those of whoever installed the package.
 * @returns {string | undefined} the program's path; undefined where none is packed for this system
 */
export function findOwnNode() {
  const name = `node-${isWindows ? "win" : process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), "bin", isWindows ? "node.exe" : "node");
  } catch {
    return undefined;
  }
}
