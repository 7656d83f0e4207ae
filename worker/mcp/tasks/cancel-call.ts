import { approvalRoutes } from "#contract/approvals/routes";
import { runRoutes } from "#contract/runs/routes";
import { runStatuses } from "#contract/runs/lists";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail, RunSummary } from "#contract/runs/run";
import { systemClock, toIso } from "../../platform/clock.ts";
import type { McpCaller } from "../caller.ts";

/** A call is answered before; whoever cancels a later one cancels what is over. */
const LONGEST_CALL_MS = 60_000;
/** Of a workspace's runs of a minute that are under way still, so many are asked for, page by page. */
const PAGE_RUNS = 100;
const MOST_PAGES = 10;
/** So many of those that were started by calls are opened: each is asked by itself which call's it is. */
const MOST_OPENED = 200;
const UNDER_WAY = runStatuses.filter((status) => !isTerminal(status)).join(",");
/** What the runs of calls were started by, and those that go on for them. */
const CALLED: readonly string[] = ["mcp", "approval"];
/** A run is approved more often than this in no call of a minute. */
const MOST_STEPS = 5;
/** When a run is looked for: what was asked for just now is in no list yet. */
const LOOKS_AFTER_MS = [0, 250, 1000, 3000];

/**
 * Cancels the run that a call under way has started, if the caller may: the run knows its call by this mark. Nothing is kept of
 * calls, so those that are cancelled are looked for among the newest runs that are under way.
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
  let opened = 0;
  for await (const { id, trigger_source: source } of listUnderWay(caller)) {
    if (!CALLED.includes(source)) continue;
    if (opened === MOST_OPENED) return null;
    opened += 1;
    const run = await caller.api.call(runRoutes.getRun, { params: { run: id } });
    if (await isOfCall(caller, run, { mark, steps: MOST_STEPS })) return run;
  }
  return null;
}

/** The caller's runs that may be a call's, newest first: ended ones stand in nobody's way, however many there are. */
async function* listUnderWay(caller: McpCaller): AsyncGenerator<RunSummary> {
  const asked = { since: toIso(systemClock() - LONGEST_CALL_MS), status: UNDER_WAY, limit: PAGE_RUNS };
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = cursor === undefined ? asked : { ...asked, cursor };
    const found = await caller.api.call(runRoutes.listRuns, { query });
    yield* found.runs;
    if (found.next_cursor === null) return;
    cursor = found.next_cursor;
  }
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
