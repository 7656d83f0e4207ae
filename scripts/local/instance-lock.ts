import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, readPidFile, removePidFile } from "./pid-file.ts";
import { findStartTicks, killGroup, listGroup, signalled } from "./process-table.ts";
import { StopError } from "./stop-error.ts";

const LOCK_NAME = "floom.lock";
const SANDBOX_GRACE_MS = 5_000;
const POLL_MS = 50;

/**
 * Makes this process the only one on the home. Throws StopError naming the other one when it lives; takes over
 * from one that died, whatever way it did, and ends the children that it could not.
 */
export async function lockInstance(runDir: string, homeDir: string): Promise<() => void> {
  const lock = join(runDir, LOCK_NAME);
  const mine = join(runDir, `${LOCK_NAME}.${process.pid}`);
  writeFileSync(mine, `${process.pid} ${findStartTicks(process.pid) ?? ""}\n`);
  try {
    while (!tryLink(mine, lock)) {
      const [pid = "", startTicks = ""] = readLock(lock);
      if (pid !== "" && isAlive({ pid: Number(pid), startTicks })) {
        throw new StopError(
          `Floom is running already on ${homeDir} (process ${pid}). Stop it, or give this one a home of its own: FLOOM_HOME=<folder> PORT=<port> npm start`,
        );
      }
      rmSync(lock, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
  await endLeftovers(runDir);
  return () => rmSync(lock, { force: true });
}

/** A hard link is made whole or not at all, and only once, so the lock is never seen half written. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;

    throw error;
  }
}

function readLock(lock: string): string[] {
  try {
    return readFileSync(lock, "utf8").trim().split(" ");
  } catch {
    return [];
  }
}

/** What an instance leaves when it is killed: an edge's runtime still on its port, a sandbox server. */
async function endLeftovers(runDir: string): Promise<void> {
  const edge = readPidFile(runDir, "edge");
  if (edge !== undefined) {
    // The number may belong to somebody else by now; a group without its leader can only be the old one.
    const leaderNow = findStartTicks(edge.pid);
    if (leaderNow === undefined ? listGroup(edge.pid).length > 0 : leaderNow === edge.startTicks)
      killGroup(edge.pid);

    removePidFile(runDir, "edge");
  }
  const sandbox = readPidFile(runDir, "sandbox");
  if (sandbox !== undefined && isAlive(sandbox)) {
    signalled(sandbox.pid, "SIGTERM");
    const deadline = performance.now() + SANDBOX_GRACE_MS;
    while (isAlive(sandbox) && performance.now() < deadline) await sleep(POLL_MS);

    if (isAlive(sandbox)) signalled(sandbox.pid, "SIGKILL");
  }
  removePidFile(runDir, "sandbox");
}
