import { existsSync, readFileSync } from "node:fs";
import { expect } from "vitest";
import type { SandboxServer } from "../support/sandbox-server.ts";

/** The processes of this machine that a process has started, or that have become its own. */
export function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number);
}

/** Empty for one that has ended. */
function commandLineOf(pid: number): string {
  return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
}

/** The first word of a process's command line. */
export const nameOf = (pid: number): string => commandLineOf(pid).split("\0")[0] ?? "";

/** The processes of a server that make sandboxes. */
export const launchersOf = (server: number): number[] =>
  childrenOf(server).filter((pid) => commandLineOf(pid).includes("sandbox_launcher"));

/** Kills the one launcher of a server, so that bubblewrap makes its sandboxes from now on. */
export async function endLauncher(server: SandboxServer): Promise<void> {
  const [launcher, ...others] = launchersOf(server.pid);
  expect(others).toEqual([]);
  if (launcher === undefined) throw new Error("the server has no launcher");
  process.kill(launcher, "SIGKILL");
  await expect.poll(() => existsSync(`/proc/${launcher}`)).toBe(false);
}
