import { existsSync, readdirSync, readFileSync } from "node:fs";

/** One process as the kernel lists it. */
interface ProcessEntry {
  pid: number;
  groupId: number;
  /** Clock ticks since boot: with the pid it names one process for ever, as pids are used again. */
  startTicks: string;
  state: string;
}

const ZOMBIE = "Z";
const hasProcFs = existsSync("/proc/self/stat");

/**
 * When a running process started, or undefined when it is gone (or a zombie). Systems without /proc answer ""
 * for every living process.
 */
export function findStartTicks(pid: number): string | undefined {
  if (!hasProcFs) return signalled(pid, 0) ? "" : undefined;

  const entry = readEntry(pid);
  return entry === undefined || entry.state === ZOMBIE ? undefined : entry.startTicks;
}

/** Ends every process of a group at once; a group that is gone already is fine. */
export function killGroup(groupId: number): void {
  signalled(-groupId, "SIGKILL");
}

/** Sends a signal; false when there is nobody to receive it. */
export function signalled(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;

    throw error;
  }
}

/** Every process that the kernel shows, without /proc none. */
export function listPids(): number[] {
  if (!hasProcFs) return [];

  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The living processes of a group, without /proc none. */
export function listGroup(groupId: number): number[] {
  return listPids()
    .map((pid) => readEntry(pid))
    .filter((entry) => entry !== undefined)
    .filter((entry) => entry.groupId === groupId && entry.state !== ZOMBIE)
    .map((entry) => entry.pid);
}

function readEntry(pid: number): ProcessEntry | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is the program's name in brackets and may itself hold spaces and brackets.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", , groupId = "0"] = fields;
  return { pid, state, groupId: Number(groupId), startTicks: fields[19] ?? "" };
}
