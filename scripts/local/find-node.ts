import { findOwnNode } from "../bootstrap/own-node.mjs";
import { StopError } from "./stop-error.ts";

/** What Floom's own programs are written for; whoever starts them may be older. */
const WANTED_MAJOR = 24;

/** The Node that runs Floom's own programs: this one, or the one that came with the packages. Throws StopError. */
export function findNode(): string {
  const isNewEnough = Number(process.versions.node.split(".")[0]) >= WANTED_MAJOR;
  const found = isNewEnough ? process.execPath : findOwnNode();
  if (found !== undefined) return found;
  throw new StopError(
    `No Node ${WANTED_MAJOR} came with the packages for this system, and this is ${process.version}. Install Node ${WANTED_MAJOR}.`,
  );
}
