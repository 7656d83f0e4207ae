import { ApiProblem } from "#contract/client";
import { runRoutes } from "#contract/runs/routes";
import type { RunDetail } from "#contract/runs/run";
import type { McpCaller } from "../caller.ts";

/** A run as a task: the run that a call started, and the one that goes on for it after people or the world answered. */
export interface CalledRun {
  first: RunDetail;
  now: RunDetail;
}

/** A run that was approved, waited for something outside, was approved again: no usual one goes on more often. */
const MOST_STEPS = 10;

/**
 * The task of this id. A task's id is its run's, so what there is, and who may know of it, is what the routes say: null
 * for what is none, what the caller may not read, what no call over MCP started, and, at a worker's own address, for
 * those of other workers. Nobody can tell these apart.
 */
export async function findCalledRun(caller: McpCaller, id: string): Promise<CalledRun | null> {
  const first = await findRun(caller, id);
  if (first === null || first.trigger_source !== "mcp") return null;
  const { worker } = caller.wish;
  if (worker !== null && first.worker_id !== worker) return null;
  return { first, now: await followRun(caller, first) };
}

/** The run that goes on for this one, or the run itself. One that is named and not there yet is about to be. */
export async function followRun(caller: McpCaller, run: RunDetail): Promise<RunDetail> {
  let now = run;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const next = now.approval_trail?.follow_up_run_id ?? null;
    const followUp = next === null ? null : await findRun(caller, next);
    if (followUp === null) return now;
    now = followUp;
  }
  return now;
}

/** The id of the run that goes on for this one, or is to, whether or not it is there yet; its own where none does. */
export async function findLastRun(caller: McpCaller, id: string): Promise<string> {
  const run = await findRun(caller, id);
  if (run === null) return id;
  const now = await followRun(caller, run);
  return now.approval_trail?.follow_up_run_id ?? now.id;
}

/** When a run that is to go on is looked for once more: its id is written down before it is there. */
const LOOKS_AFTER_MS = [50, 200, 800, 2000];

/** The same for whoever has just heard of a decision: what was approved is waited for until it is there. */
export async function followDecided(caller: McpCaller, run: RunDetail): Promise<RunDetail> {
  let now = await followRun(caller, run);
  for (const pause of LOOKS_AFTER_MS) {
    if ((now.approval_trail?.follow_up_run_id ?? null) === null) return now;
    await new Promise((resolve) => setTimeout(resolve, pause));
    now = await followRun(caller, now);
  }
  return now;
}

async function findRun(caller: McpCaller, run: string): Promise<RunDetail | null> {
  try {
    return await caller.api.call(runRoutes.getRun, { params: { run } });
  } catch (error) {
    if (error instanceof ApiProblem && [400, 403, 404, 422].includes(error.problem.status)) return null;
    throw error;
  }
}
