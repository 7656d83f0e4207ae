import { linesOf } from "#contract/runs/run-event";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { runRoutes } from "#contract/runs/routes";
import type { McpCaller } from "./caller.ts";
import { followEvents } from "./follow-events.ts";
import type { ToolCall } from "./tool-source.ts";

/** A wait ends a little before the time at which usual clients give a call up. */
export const LONGEST_WAIT_SECONDS = 50;

type Watch = Pick<ToolCall, "progress" | "signal">;

/**
 * Waits for a run's end, or for its asking somebody, for so many seconds at most, and tells what it logs meanwhile. The
 * run goes on whatever happens here. Answers the run as it is then.
 */
export async function waitForRun(
  caller: McpCaller,
  run: string,
  { seconds, progress, signal }: Watch & { seconds: number },
): Promise<RunDetail> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1000)]);
  for await (const event of followEvents(caller, run, { after: 0, signal: over })) {
    for (const { message } of linesOf(event)) await progress?.(message);
    if (event.type === "progress" && event.message !== null) await progress?.(event.message);
    if (event.type === "status" && (event.status === "pending_approval" || isTerminal(event.status))) break;
  }
  return caller.api.call(runRoutes.getRun, { params: { run } });
}
