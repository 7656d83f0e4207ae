import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";

/** A program of the host that every sandbox sees too. */
export const HOST_PROGRAM = "/usr/bin/env";
const OPEN_EVERY_MS = 20;

/**
 * What a machine does all day, for a script that watches and locks: one file of the host is opened again and again, and
 * somebody holds a lock on it. Answers what ends both. Throws when no lock could be taken.
 */
export async function useHostProgram(): Promise<() => void> {
  // The lock is held until the end of what it reads, which is the end of this one's pipe.
  const holder = spawn("flock", ["--exclusive", "--close", HOST_PROGRAM, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const failed = new Promise<never>((_resolve, reject) => holder.once("error", reject));
  await Promise.race([once(holder.stdout, "data"), failed]);
  const opener = setInterval(() => readFileSync(HOST_PROGRAM), OPEN_EVERY_MS);
  return () => {
    clearInterval(opener);
    holder.stdin.end();
  };
}
