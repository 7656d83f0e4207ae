import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { listPids, signalled } from "../../../scripts/local/process-table.ts";

/**
 * Ends every process whose home or folder is this one, also what has left the group of whoever started it, and resolves
 * when there is none: a sandbox would end with them in it, and one that is left goes on writing there.
 */
export async function endProcessesOf(home: string): Promise<void> {
  for (let found = processesOf(home); found.length > 0; found = processesOf(home)) {
    for (const pid of found) signalled(pid, "SIGKILL");
    await sleep(5);
  }
}

function processesOf(home: string): number[] {
  return listPids().filter((pid) => isOf(pid, home));
}

function isOf(pid: number, home: string): boolean {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`);
    if (folder === home || folder.startsWith(`${home}/`)) return true;
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`HOME=${home}`);
  } catch {
    // It has ended, or is somebody else's.
    return false;
  }
}
