import { linesOf } from "#contract/runs/run-event";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "./caller.ts";
import { followEvents } from "./follow-events.ts";
import type { ToolCall } from "./tool-source.ts";

/** A wait ends a little before the time at which usual clients give a call up. */
export const LONGEST_WAIT_SECONDS = 50;

type Watch = Pick<ToolCall, "progress" | "signal"> & {
  /** What was told before: all up to the decision of this approval. */
  behind?: string | null;
};

/**
 * Waits for a run's end, or for its asking somebody, for so many seconds at most, and tells what it logs meanwhile. The
 * run goes on whatever happens here. Answers the run as it is then. That it has asked before, and was answered, is passed
 * over.
 */
export async function waitForRun(
  caller: McpCaller,
  run: string,
  { seconds, progress, signal, behind = null }: Watch & { seconds: number },
): Promise<RunDetail> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  const read = () => caller.api.call(runRoutes.getRun, { params: { run } });
  let told = behind;
  for await (const event of followEvents(caller, run, { after: 0, signal: over })) {
    if (event.type === "approval_decided" && event.approval_id === told) told = null;
    if (told !== null) continue;
    for (const { message } of linesOf(event)) await progress?.(message);
    if (event.type === "progress" && event.message !== null) await progress?.(event.message);
    if (event.type !== "status") continue;
    if (isTerminal(event.status)) break;
    if (event.status !== "pending_approval") continue;
    const asking = await read();
    if (asking.status === "pending_approval") return asking;
  }
  return read();
}
