import { readdirSync, readFileSync } from "node:fs";

/** Linux counts processor time in hundredths of a second wherever it shows it in /proc. */
const MS_PER_TICK = 10;

/** What a process has spent of the processor, in milliseconds, user and system time together. */
interface CpuTime {
  parent: number;
  ownMs: number;
  /** Of all its descendants that have ended and were waited for. */
  endedMs: number;
}

/** Parses `/proc/<pid>/stat`. The command's name may hold spaces and brackets, so fields count from its last `)`. */
export function parseCpuTime(text: string): CpuTime {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent = NaN, user = NaN, system = NaN, endedUser = NaN, endedSystem = NaN] = [
    1, 11, 12, 13, 14,
  ].map((at) => Number(fields[at]));
  return { parent, ownMs: (user + system) * MS_PER_TICK, endedMs: (endedUser + endedSystem) * MS_PER_TICK };
}

/** A process's own time and that of its ended descendants. Throws when there is no such process. */
export function readCpuTime(pid: number): CpuTime {
  return parseCpuTime(readFileSync(`/proc/${pid}/stat`, "utf8"));
}

/** Of each live child of `parent` with such a command line, its words each ended by a NUL. */
export function readChildren(parent: number, isWanted: (command: string) => boolean): CpuTime[] {
  const children = Array.from(readAll()).filter(([, time]) => time.parent === parent);
  return children.flatMap(([pid, time]) => (isWanted(commandOf(pid)) ? [time] : []));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

/** What these processes and all below them have spent so far, in milliseconds, those that have ended included. */
export function readTreeMs(...roots: readonly number[]): number {
  const times = readAll();
  const inTree = (pid: number): boolean => {
    if (roots.includes(pid)) return true;
    const parent = times.get(pid)?.parent ?? 0;
    return parent > 0 && inTree(parent);
  };
  let sum = 0;
  for (const [pid, { ownMs, endedMs }] of times) if (inTree(pid)) sum += ownMs + endedMs;
  return sum;
}

function readAll(): Map<number, CpuTime> {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return new Map(pids.flatMap(findCpuTime));
}

function findCpuTime(pid: number): [number, CpuTime][] {
  try {
    return [[pid, readCpuTime(pid)]];
  } catch {
    // It has ended since the table was listed.
    return [];
  }
}
