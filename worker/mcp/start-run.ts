import { actionRoutes } from "#contract/actions/routes";
import type { Json } from "#contract/json";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { Priority, RunDetail } from "#contract/runs/run";
import type { McpCaller } from "./caller.ts";
import { showRun } from "./show-files.ts";
import type { ToolResult } from "./tool-result.ts";
import type { ToolCall } from "./tool-source.ts";
import { waitForRun } from "./wait-for-run.ts";

/** A start as a tool asks for it. */
export interface StartWish {
  worker: string;
  action?: string | undefined;
  inputs: Record<string, Json>;
  /** Seconds to wait for the end. */
  wait: number;
  priority?: Priority | undefined;
  /** Under which a repeat starts nothing. */
  key: string | null;
  verbose: boolean;
}

/** So long the start itself is held: most runs are over by then, and one request is the cheapest wait. */
const HELD_SECONDS = 2;

/**
 * Starts a run and waits a while for its end. What it logs meanwhile is told to whoever asked for that. A client that
 * gives the call up has the run cancelled, unless the run is over.
 */
export async function startRun(caller: McpCaller, wish: StartWish, call: ToolCall): Promise<ToolResult> {
  const { progress, signal } = call;
  let run = await ask(caller, wish, progress === null ? Math.min(wish.wait, HELD_SECONDS) : 0);
  const isDone = () => isTerminal(run.status) || run.status === "pending_approval";
  if (!isDone() && !signal.aborted && wish.wait > 0)
    run = await waitForRun(caller, run.id, { seconds: wish.wait, progress, signal });
  if (signal.aborted && !isDone()) await caller.api.call(runRoutes.cancelRun, { params: { run: run.id } });
  return showRun(caller, run, wish.verbose);
}

function ask(
  caller: McpCaller,
  { worker, action, inputs, priority, key }: StartWish,
  wait: number,
): Promise<RunDetail> {
  const headers: Record<string, string> = key === null ? {} : { "idempotency-key": key };
  const query = wait > 0 ? { wait } : {};
  const json = { inputs, trigger_source: "mcp" as const, ...(priority === undefined ? {} : { priority }) };
  if (action === undefined)
    return caller.api.call(runRoutes.startRun, { params: { worker }, query, json, headers });
  return caller.api.call(actionRoutes.startAction, { params: { worker, action }, query, json, headers });
}
