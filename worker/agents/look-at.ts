import type { CalledRun } from "#contract/calls/call";
import type { CommandEnd } from "../runs/ports/command-box.ts";
import type { AgentState } from "./agent-storage.ts";
import { markResult } from "./mark-result.ts";
import { describeEnd, RUN_COMMAND } from "./tools/command-driver.ts";
import { describeCalled, INVOKE } from "./tools/worker-driver.ts";

/** Statuses of a run from which it goes no further. */
export const ENDED: ReadonlySet<string> = new Set(["completed", "failed", "cancelled"]);

interface Looking {
  readChild: (runId: string) => Promise<CalledRun>;
  readCommand: (callId: string) => Promise<CommandEnd | "running" | "gone">;
  now: number;
}

/** What that has come to which a call has begun and the agent waits for, as its model reads it; null while it goes on. */
export async function lookAt(
  { child, command }: Pick<AgentState, "child" | "command">,
  { readChild, readCommand, now }: Looking,
): Promise<{ text: string; isError: boolean } | null> {
  if (child !== null) {
    const run = await readChild(child.run_id);
    if (!ENDED.has(run.status)) return null;
    const text = markResult(describeCalled(run), { untrusted: true, tool: INVOKE });
    return { text, isError: run.status !== "completed" };
  }
  if (command === null) return null;
  const end = await readCommand(command.call_id);
  if (end === "gone")
    return { text: "sandbox_lost: The sandbox went away while the command ran.", isError: true };
  if (end !== "running") {
    const text = markResult(describeEnd(end), { untrusted: true, tool: RUN_COMMAND });
    return { text, isError: end.exit_code !== 0 };
  }
  const late = "outcome_unknown: The command has said nothing of its end in its time.";
  return now < command.until ? null : { text: late, isError: true };
}
