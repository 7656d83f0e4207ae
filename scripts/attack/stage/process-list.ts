import { readFileSync, readlinkSync } from "node:fs";
import { listPids } from "../../local/process-table.ts";

/** Pids of this machine whose first argument is `marker`: a process that calls itself so. */
export function findMarked(marker: string): number[] {
  return listPids().filter((pid) => readFile(`/proc/${pid}/cmdline`).split("\0")[0] === marker);
}

/** Ends the processes of a marker with everything else in the sandbox they are in; never anything of this machine's own. */
export function endSandboxOf(marker: string): void {
  const own = namespaceOf(process.pid);
  const found = new Set(findMarked(marker).map(namespaceOf));
  found.delete(own);
  found.delete("");
  for (const pid of listPids()) {
    if (!found.has(namespaceOf(pid))) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // ESRCH: it ended with another one.
    }
  }
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** Resident memory of a process and its children's, in MiB. */
export function residentMib(root: number): number {
  const family = new Set([root]);
  for (const pid of listPids()) {
    const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFile(`/proc/${pid}/status`))?.[1]);
    if (family.has(parent)) family.add(pid);
  }
  const sizes = [...family].map((pid) => /^VmRSS:\s+(\d+) kB$/m.exec(readFile(`/proc/${pid}/status`))?.[1]);
  return Math.round(sizes.reduce((sum, kib) => sum + Number(kib ?? 0), 0) / 1024);
}

/** Whether this machine shows its processes. */
export function hasProcessList(): boolean {
  return listPids().includes(process.pid);
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
