import type { CommandTable } from "../process/command-table.ts";
import type { AgentConfig } from "../http/config.ts";
import type { endSandbox } from "./end-sandbox.ts";
import { listPids, processMemory, proportionalMemoryBytes, sessionOf } from "./proc-table.ts";
import { mountUsage, writableMounts } from "../files/writable-mounts.ts";

const CHECK_INTERVAL_MS = 100;
const BYTES_PER_MIB = 1024 * 1024;

export interface GuardDeps {
  config: Pick<AgentConfig, "memoryLimitBytes" | "inodeLimit">;
  commands: CommandTable;
  end: typeof endSandbox;
}

/**
 * The limits no rlimit expresses: memory of all processes together (shared maps and forks escape the per-process
 * limit), and inodes, which cost kernel memory that no tmpfs size bounds. Looks ten times a second while the
 * user has processes, and not at all in an idle sandbox.
 */
export class Guards {
  readonly #deps: GuardDeps;
  readonly #mounts = writableMounts();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: GuardDeps) {
    this.#deps = deps;
  }

  /** Starts looking; call it whenever a command starts. */
  wake(): void {
    this.#timer ??= setInterval(() => this.check(), CHECK_INTERVAL_MS);
  }

  check(): void {
    const pids = listPids().filter((pid) => pid !== process.pid);
    this.#checkMemory(pids);
    this.#checkInodes();
    if (pids.length > 0 || this.#deps.commands.running().length > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #checkMemory(pids: number[]): void {
    const limitBytes = this.#deps.config.memoryLimitBytes;
    if (limitBytes === undefined) return;
    if (sum(pids.map((pid) => processMemory(pid).privateBytes)) <= limitBytes) return;
    const exact = pids.map((pid) => ({ pid, bytes: proportionalMemoryBytes(pid) }));
    if (sum(exact.map((entry) => entry.bytes)) <= limitBytes) return;
    const biggest = exact.reduce((most, entry) => (entry.bytes > most.bytes ? entry : most));
    this.#killForMemory(biggest, limitBytes);
  }

  #killForMemory(biggest: { pid: number; bytes: number }, limitBytes: number): void {
    const { name } = processMemory(biggest.pid);
    const reason =
      `memory limit of ${toMib(limitBytes)} MiB reached: ` +
      `process ${biggest.pid} (${name}) was using ${toMib(biggest.bytes)} MiB`;
    const session = sessionOf(biggest.pid);
    this.#deps.commands
      .running()
      .find((command) => command.pid === session)
      ?.noteKill(reason);
    try {
      process.kill(biggest.pid, "SIGKILL");
    } catch {
      // ESRCH: it ended by itself, which frees its memory just as well.
    }
  }

  #checkInodes(): void {
    const limit = this.#deps.config.inodeLimit;
    if (limit === undefined) return;
    const used = sum(this.#mounts.map((path) => mountUsage(path).usedInodes));
    if (used > limit) this.#deps.end("inode_limit", `${used} files and folders, the limit is ${limit}`);
  }
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}

function toMib(bytes: number): number {
  return Math.round(bytes / BYTES_PER_MIB);
}
