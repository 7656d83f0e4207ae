import type { CommandTable } from "../process/command-table.ts";
import type { AgentConfig } from "../config.ts";
import type { endSandbox } from "./end-sandbox.ts";
import { chooseBiggest, exactMemoryUse, roughMemoryBytes } from "./memory-use.ts";
import type { MemoryUser } from "./memory-use.ts";
import type { SocketMemory } from "./socket-memory.ts";
import { listPids, processMemory, sessionOf } from "./proc-table.ts";
import { mountUsage, writableMounts } from "../writable-mounts.ts";

const CHECK_INTERVAL_MS = 100;
/** Between two looks a program can fill what is left, so they come closer where little is. */
const CLOSE_CHECK_INTERVAL_MS = 20;
/** An exact look may take a fifth of the agent's time, not more. */
const REST_PER_EXACT_LOOK = 4;
const BYTES_PER_MIB = 1024 * 1024;

export interface GuardDeps {
  config: Pick<AgentConfig, "memoryLimitBytes" | "inodeLimit">;
  commands: CommandTable;
  sockets: SocketMemory;
  /** Whether somebody uses the sandbox from the start. Until then nothing runs in it but what its host has started. */
  isOwned: boolean;
  end: typeof endSandbox;
}

/**
 * The limits no rlimit expresses: memory of all processes together, and inodes, which cost kernel memory that no tmpfs
 * size bounds. Looks ten times a second while the user has processes, more often when half of the memory is in use,
 * and not at all in an idle sandbox, or in one that waits for a user. A look that fails is followed by the next one: it must not end the agent.
 */
export class Guards {
  readonly #deps: GuardDeps;
  readonly #mounts = writableMounts();
  #isOwned: boolean;
  #isAwake = false;
  #hasFailed = false;

  constructor(deps: GuardDeps) {
    this.#deps = deps;
    this.#isOwned = deps.isOwned;
  }

  /** Call it before the user can start anything: from now on what runs is looked at. */
  own(): void {
    this.#isOwned = true;
    this.wake();
  }

  /** Starts looking; call it whenever a command starts. */
  wake(): void {
    if (this.#isAwake || !this.#isOwned) return;
    this.#isAwake = true;
    setTimeout(() => this.#look(), CLOSE_CHECK_INTERVAL_MS);
  }

  #look(): void {
    const nextMs = this.#check();
    this.#isAwake = nextMs !== undefined;
    if (nextMs !== undefined) setTimeout(() => this.#look(), nextMs);
  }

  /** Milliseconds to the next look; undefined when there is nothing to look at. */
  #check(): number | undefined {
    try {
      const pids = listPids().filter((pid) => pid !== process.pid);
      const nextMs = this.#checkMemory(pids);
      this.#checkInodes();
      return pids.length > 0 || this.#deps.commands.running().length > 0 ? nextMs : undefined;
    } catch (error) {
      if (!this.#hasFailed) process.stderr.write(`${JSON.stringify({ guard: String(error) })}\n`);
      this.#hasFailed = true;
      return CHECK_INTERVAL_MS;
    }
  }

  #checkMemory(pids: number[]): number {
    const limitBytes = this.#deps.config.memoryLimitBytes;
    if (limitBytes === undefined) return CHECK_INTERVAL_MS;
    const { sockets } = this.#deps;
    const roughBytes = roughMemoryBytes(pids, sockets);
    if (roughBytes <= limitBytes)
      return roughBytes > limitBytes / 2 ? CLOSE_CHECK_INTERVAL_MS : CHECK_INTERVAL_MS;

    const startedAtMs = performance.now();
    const { totalBytes, users } = exactMemoryUse(pids, sockets);
    const restMs = (performance.now() - startedAtMs) * REST_PER_EXACT_LOOK;
    if (totalBytes <= limitBytes) return Math.max(CLOSE_CHECK_INTERVAL_MS, restMs);
    for (const user of chooseBiggest(users, totalBytes - limitBytes)) this.#killForMemory(user, limitBytes);
    // What was killed takes a moment to give its memory back; looked at too soon, the next biggest would go too.
    return CHECK_INTERVAL_MS;
  }

  #killForMemory(biggest: MemoryUser, limitBytes: number): void {
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
