import { approvalRoutes } from "#contract/approvals/routes";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { systemClock, toIso } from "../../platform/clock.ts";
import type { McpCaller } from "../caller.ts";

/** A call is answered before; whoever cancels a later one cancels what is over. */
const LONGEST_CALL_MS = 60_000;
/** More runs of a minute than this are not looked through. */
const MOST_RUNS = 50;
/** What the runs of calls were started by, and those that go on for them. */
const CALLED: readonly string[] = ["mcp", "approval"];
/** A run is approved more often than this in no call of a minute. */
const MOST_STEPS = 5;
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
    if (!CALLED.includes(source) || isTerminal(status)) continue;
    const run = await caller.api.call(runRoutes.getRun, { params: { run: id } });
    if (await isOfCall(caller, run, { mark, steps: MOST_STEPS })) return run;
  }
  return null;
}

/** Whether a run is the call's, or goes on for it: what was approved is known by its approval, and that by who asked. */
async function isOfCall(
  caller: McpCaller,
  { trigger_source: source, trigger_ref: ref }: RunDetail,
  { mark, steps }: { mark: string; steps: number },
): Promise<boolean> {
  if (source !== "approval" || ref === null || steps === 0) return source === "mcp" && ref === mark;
  const { run_id: run } = await caller.api.call(approvalRoutes.getApproval, { params: { approval: ref } });
  const asked = await caller.api.call(runRoutes.getRun, { params: { run } });
  return isOfCall(caller, asked, { mark, steps: steps - 1 });
}
