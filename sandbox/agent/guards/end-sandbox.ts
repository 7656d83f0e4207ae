import { readFileSync } from "node:fs";

/** Why the agent ended its own sandbox; the host sees it as the agent's exit code. */
export type EndCause = "deadline" | "inode_limit";

const EXIT_CODES: Readonly<Record<EndCause, number>> = { deadline: 80, inode_limit: 81 };

/**
 * Kills every process of the sandbox and exits. Exiting alone is not enough: bubblewrap's first process waits
 * for all the others. Outside a pid namespace of its own the agent only exits, since `kill(-1)` would reach
 * everything its user runs.
 */
export function endSandbox(cause: EndCause, message: string): never {
  process.stderr.write(`${JSON.stringify({ ended: cause, message })}\n`);
  if (ownsPidNamespace()) {
    try {
      process.kill(-1, "SIGKILL");
    } catch {
      // ESRCH: nobody else is left.
    }
  }
  process.exit(EXIT_CODES[cause]);
}

function ownsPidNamespace(): boolean {
  try {
    return readFileSync("/proc/1/comm", "utf8").trim() === "bwrap";
  } catch {
    return false;
  }
}
