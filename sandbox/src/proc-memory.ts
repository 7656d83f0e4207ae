import { readdirSync, readFileSync } from "node:fs";

/** Memory that the kernel counts apart from a process's pages. */
const NOT_IN_MAPS = ["HugetlbPages:", "VmPTE:"];

/** What one process holds that it does not share with a file, in bytes. */
interface ProcessMemory {
  privateBytes: number;
  name: string;
}

/** Anonymous and shared memory of a process, huge pages and page tables too; zero for one that has ended. */
export function processMemory(pid: number): ProcessMemory {
  const status = readLiving(pid, "status");
  const fields = ["RssAnon:", "RssShmem:", ...NOT_IN_MAPS];
  return {
    privateBytes: fields.reduce((sum, name) => sum + kibField(status, name), 0),
    name: /^Name:\t(.*)$/m.exec(status)?.[1] ?? "",
  };
}

/**
 * The same, each shared page divided among its users: right for forks and shared maps, but ten times slower to
 * read. Falls back to the plain sum for a process that hides its maps.
 */
export function proportionalMemoryBytes(pid: number): number {
  const rollup = readLiving(pid, "smaps_rollup");
  if (rollup === "") return processMemory(pid).privateBytes;
  const status = readLiving(pid, "status");
  const rest = NOT_IN_MAPS.reduce((sum, name) => sum + kibField(status, name), 0);
  return kibField(rollup, "Pss_Anon:") + kibField(rollup, "Pss_Shmem:") + rest;
}

/**
 * A file of `/proc/<pid>`, from a thread that lives: a process whose first thread has ended looks dead and empty, while
 * the others hold all of its memory.
 */
function readLiving(pid: number, file: string): string {
  const status = readProc(pid, "status");
  const isHollow = /^State:\tZ/m.test(status) && !/^Threads:\t1$/m.test(status);
  if (!isHollow) return file === "status" ? status : readProc(pid, file);
  for (const thread of listThreads(pid)) {
    const text = readProc(pid, `task/${thread}/${file}`);
    if (file === "status" ? text.includes("RssAnon:") : text !== "") return text;
  }
  return "";
}

function listThreads(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function kibField(text: string, name: string): number {
  const at = text.indexOf(name);
  return at < 0 ? 0 : Number.parseInt(text.slice(at + name.length), 10) * 1024;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    // The process ended between being listed and being read.
    return "";
  }
}
