import { readdirSync, readFileSync } from "node:fs";

/** The unit of the kernel's table of processes (USER_HZ), in milliseconds. */
const TICK_MS = 10;

interface ProcessTimes {
  pid: number;
  parent: number;
  /** Its own time and that of its children that have ended. */
  ms: number;
}

/** Processor time so far of these processes and all below them, in milliseconds; that of children that ended included. */
export function measureProcessesMs(roots: readonly number[]): number {
  const all = readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? readTimes(name) : []));
  const counted = new Set(roots);
  for (let before = -1; before !== counted.size;) {
    before = counted.size;
    for (const { pid, parent } of all) if (counted.has(parent)) counted.add(pid);
  }
  return all.reduce((sum, { pid, ms }) => sum + (counted.has(pid) ? ms : 0), 0);
}

/** None for a process that has ended meanwhile. */
function readTimes(pid: string): ProcessTimes[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // utime, stime, cutime, cstime of proc(5), counted from the state.
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return [{ pid: Number(pid), parent: Number(fields[1]), ms: ticks * TICK_MS }];
  } catch {
    return [];
  }
}
