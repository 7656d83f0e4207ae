import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Homes are named by the process that they are of. */
const HOME = /^floom-serve-(\d+)-/;

/** Removes from `folder` what servers of folders left there that were killed: a home whose process is gone is nobody's. */
export function sweepHomes(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(HOME.exec(name)?.[1] ?? "0");
    if (pid === 0 || !isGone(pid)) continue;
    try {
      rmSync(join(folder, name), { recursive: true, force: true });
    } catch {
      // It is another person's, or going at this moment: either way it is not this server's to insist on.
    }
  }
}

/** Whether there is no such process; one of somebody else's is there. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
