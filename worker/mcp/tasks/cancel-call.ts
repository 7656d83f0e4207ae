import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { systemClock, toIso } from "../../platform/clock.ts";
import type { McpCaller } from "../caller.ts";

/** A call is answered before; whoever cancels a later one cancels what is over. */
const LONGEST_CALL_MS = 60_000;
/** More runs of a minute than this are not looked through. */
const MOST_RUNS = 50;
/** When a run is looked for: what was asked for just now is in no list yet. */
const LOOKS_AFTER_MS = [0, 250, 1000, 3000];

/**
 * Cancels the run that a call under way has started, if the caller may: the run knows its call by this mark. Nothing is kept of
 * calls, so those that are cancelled are looked for among the newest runs.
 */
export async function cancelCall(caller: McpCaller, mark: string): Promise<void> {
  for (const pause of LOOKS_AFTER_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const run = await findRun(caller, mark);
    if (run === null) continue;
    if (!isTerminal(run.status)) await caller.api.call(runRoutes.cancelRun, { params: { run: run.id } });
    return;
  }
}

async function findRun(caller: McpCaller, mark: string): Promise<RunDetail | null> {
  const since = toIso(systemClock() - LONGEST_CALL_MS);
  const { runs } = await caller.api.call(runRoutes.listRuns, { query: { since, limit: MOST_RUNS } });
  for (const { id, trigger_source: source, status } of runs) {
    if (source !== "mcp" || isTerminal(status)) continue;
    const run = await caller.api.call(runRoutes.getRun, { params: { run: id } });
    if (run.trigger_ref === mark) return run;
  }
  return null;
}
