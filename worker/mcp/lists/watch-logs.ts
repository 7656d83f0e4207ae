import { linesOf } from "#contract/runs/run-event";
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import { followEvents } from "../follow-events.ts";
import { readUri } from "../resources/resource-uri.ts";

/** More logs than these are not followed for one listener: each holds a connection to its run's object. */
const MOST_LOGS = 8;

/** No log is told of more often, however fast it grows. */
const PAUSE_MS = 1000;

interface LogTelling {
  tellResource: (uri: string) => void;
  signal: AbortSignal;
}

/** A log as it was asked for: behind the event of which number. */
interface WatchedLog {
  uri: string;
  run: string;
  after: number;
}

/** The logs among these addresses that are followed; `runs`: the runs that the addresses are of. Pure. */
export function pickLogs(runs: ReadonlyMap<string, string>): WatchedLog[] {
  return Array.from(runs, ([uri, run]) => ({ uri, run, name: readUri(uri) }))
    .flatMap(({ uri, run, name }) => (name?.kind === "log" ? [{ uri, run, after: name.after }] : []))
    .slice(0, MOST_LOGS);
}

/**
 * Tells of each log, at most once a second, that there are lines behind the number in its address, or that it has ended:
 * whoever reads and then listens for what comes next misses nothing.
 */
export async function watchLogs(
  caller: McpCaller,
  logs: readonly WatchedLog[],
  { tellResource, signal }: LogTelling,
): Promise<void> {
  const watching = logs.map(async ({ uri, run, after }) => {
    const news = atMostEach(PAUSE_MS, () => signal.aborted || tellResource(uri));
    for await (const event of followEvents(caller, run, { after, signal }))
      if (event.type === "close" || linesOf(event).length > 0) news();
  });
  const faults = (await Promise.allSettled(watching)).filter((end) => end.status === "rejected");
  for (const { reason } of faults) log("warn", "mcp.log_not_followed", { error: describeError(reason) });
}

/** Calls `act` at once, and for all calls within `ms` after it once more, when that time is over. */
export function atMostEach(ms: number, act: () => void): () => void {
  let isPausing = false;
  let isOwed = false;
  const call = () => {
    if (isPausing) {
      isOwed = true;
      return;
    }
    isPausing = true;
    act();
    setTimeout(() => {
      isPausing = false;
      if (!isOwed) return;
      isOwed = false;
      call();
    }, ms);
  };
  return call;
}
