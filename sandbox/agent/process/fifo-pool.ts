import { execFile } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errnoOf } from "../errno.ts";
import { adopt } from "./orphans.ts";

const MKFIFO = "/usr/bin/mkfifo";
const PARENT_DIRS = ["/dev/shm", "/tmp"];
/** How the folders begin in which pipes are made. */
export const pipeFolderPrefix = ".pipes-";
const READY_PAIRS = 6;
const BATCH_PAIRS = 12;

/** Both ends of a pipe. The reading end does not block (the agent's), the writing end does (the command's). */
export interface PipePair {
  readFd: number;
  writeFd: number;
}

/**
 * Pipes for the commands' standard streams, opened and unlinked ahead of need.
 * Node's own `stdio: "pipe"` is a socket pair, on which `echo x > /dev/stdout` fails with ENXIO; these are
 * FIFOs, which may be reopened by path. Never leaves a name behind for user code to find.
 */
export class FifoPool {
  readonly #ready: PipePair[] = [];
  #refilling: Promise<void> | undefined;

  /** A fresh pipe; the caller closes both ends. Throws when no pipe can be made. */
  async take(): Promise<PipePair> {
    if (this.#ready.length === 0) await this.refill();
    const pair = this.#ready.pop();
    if (pair === undefined) throw new Error("no pipes left for the command's standard streams");
    if (this.#ready.length < READY_PAIRS) this.refill().catch(ignoreUntilNeeded);
    return pair;
  }

  async refill(): Promise<void> {
    this.#refilling ??= this.#makeBatch().finally(() => {
      this.#refilling = undefined;
    });
    await this.#refilling;
  }

  async #makeBatch(): Promise<void> {
    const dir = makePrivateDir();
    const paths = Array.from({ length: BATCH_PAIRS }, (_, index) => join(dir, String(index)));
    try {
      const making = promisify(execFile)(MKFIFO, ["-m", "600", ...paths]);
      adopt(making.child);
      await making;
      for (const path of paths) this.#ready.push(openPair(path));
    } finally {
      for (const path of paths) unlinkIfThere(path);
      rmdirSync(dir);
    }
  }
}

/** A second, blocking description of a reading end: for a command's standard input. */
export function reopenBlocking(readFd: number): number {
  return openSync(`/proc/self/fd/${readFd}`, constants.O_RDONLY);
}

function openPair(path: string): PipePair {
  const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return { readFd, writeFd: openSync(path, constants.O_WRONLY) };
  } catch (error) {
    closeSync(readFd);
    throw error;
  }
}

function makePrivateDir(): string {
  let lastError: unknown;
  for (const parent of PARENT_DIRS) {
    try {
      return mkdtempSync(join(parent, pipeFolderPrefix));
    } catch (error) {
      lastError = error;
    }
  }
  throw lastError;
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}

/** A refill ahead of need may fail; the `take` that needs one tries again and reports. */
function ignoreUntilNeeded(): void {}
