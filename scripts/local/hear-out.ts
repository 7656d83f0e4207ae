import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const LAST_WORDS_MS = 500;

/**
 * Resolves when a process has ended and what it said last was read, which its end is told before. Whoever it has left
 * behind may hold its pipes open for ever: after half a second nobody waits any more. Never rejects.
 */
export async function hearOut(child: ChildProcess): Promise<void> {
  const closed = once(child, "close").catch(() => undefined);
  await once(child, "exit").catch(() => undefined);
  await Promise.race([closed, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
}
