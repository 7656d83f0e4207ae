/** Why the agent ended its own sandbox; the host sees it as the agent's exit code. */
export type EndCause = "deadline" | "inode_limit";

const EXIT_CODES: Readonly<Record<EndCause, number>> = { deadline: 80, inode_limit: 81 };

/** Ends the sandbox: the agent is its first process, and with that one the kernel ends all others. */
export function endSandbox(cause: EndCause, message: string): never {
  process.stderr.write(`${JSON.stringify({ ended: cause, message })}\n`);
  process.exit(EXIT_CODES[cause]);
}
