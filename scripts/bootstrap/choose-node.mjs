import { SetupError } from "./system-parts.mjs";

/** What the project is written for; an older one does not run its TypeScript. */
const WANTED_MAJOR = 24;

/**
 * Which Node runs the project: the one the lockfile brought, else the one that is running now where it is new enough
 * (macOS, machines without glibc: nobody packs a Node for them in this version).
 * @param {{ own: { path: string, version: string | undefined }, running: { path: string, version: string } }} found
 *   versions as `node --version` prints them, e.g. "v24.21.0"; undefined: it is not there or does not run
 * @returns {string} the program's path
 * @throws {SetupError} when neither will do
 */
export function chooseNode({ own, running }) {
  if (own.version !== undefined && major(own.version) === WANTED_MAJOR) return own.path;
  if (major(running.version) >= WANTED_MAJOR) return running.path;

  throw new SetupError(
    `No Node ${WANTED_MAJOR} came with the packages for this system, and this is ${running.version}.\n` +
      `Check the network and the disk, or install Node ${WANTED_MAJOR}, then run this again.`,
  );
}

/** @param {string} version */
function major(version) {
  return Number(version.replace(/^v/, "").split(".")[0]);
}
