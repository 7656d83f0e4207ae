import { actionRoutes } from "#contract/actions/routes";
import type { Json } from "#contract/json";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { Priority, RunDetail } from "#contract/runs/run";
import { systemClock } from "../platform/clock.ts";
import { CALL_HEADER } from "./caller.ts";
import type { McpCaller } from "./caller.ts";
import { askOnStream } from "./questions/ask-on-stream.ts";
import { askPerson } from "./asking/ask-person.ts";
import type { ClientAbilities } from "./sessions/client-abilities.ts";
import { showRun } from "./show-files.ts";
import { takeAnswer } from "./asking/take-answer.ts";
import { findCalledRun, followDecided } from "./tasks/find-called-run.ts";
import { refuse } from "./tool-result.ts";
import type { ToolAnswer, ToolCall } from "./tool-source.ts";
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

/** A client that takes tasks is not kept waiting longer; most runs are over by then, and need none. */
const TASK_AFTER_SECONDS = 4;

/**
 * Starts a run and waits a while for its end. What it logs meanwhile is told to whoever asked for that. A client that
 * gives the call up has the run cancelled, unless the run is over. A call that comes back with what it asked starts
 * nothing: it waits for the run that asked.
 */
export async function startRun(caller: McpCaller, wish: StartWish, call: ToolCall): Promise<ToolAnswer> {
  if (call.resumes !== null) return resumeRun(caller, call.resumes, { wish, call });
  const { progress, signal, client } = call;
  const seconds = secondsFor(wish, client);
  const until = systemClock() + seconds * 1000;
  const held = progress === null ? Math.min(seconds, HELD_SECONDS) : 0;
  let run = await ask(caller, wish, { held, mark: client.tasks === "asked" ? null : call.mark });
  if (!isDone(run) && !signal.aborted && seconds > held)
    run = await waitForRun(caller, run.id, { seconds: seconds - held, progress, signal });
  if (signal.aborted && !isDone(run)) {
    await caller.api.call(runRoutes.cancelRun, { params: { run: run.id } });
    return showRun(caller, run, wish.verbose);
  }
  const { stream } = call;
  if (stream === null || client.tasks !== null) return answerFor(caller, run, { wish, call });
  const asking = { stream, first: run.id, until, progress, signal };
  return showRun(caller, await askOnStream(caller, run, asking), wish.verbose);
}

const isDone = ({ status }: RunDetail) => isTerminal(status) || status === "pending_approval";

function secondsFor({ wait }: StartWish, { tasks }: ClientAbilities): number {
  if (tasks === "asked") return 0;
  return tasks === "extension" ? Math.min(wait, TASK_AFTER_SECONDS) : wait;
}

/** What a client gets of its run: the end, or a task where it takes one, or a question to its person, or whom to ask. */
async function answerFor(
  caller: McpCaller,
  run: RunDetail,
  { wish, call: { client } }: { wish: StartWish; call: ToolCall },
): Promise<ToolAnswer> {
  const isOpen = client.tasks === "asked" || (!isDone(run) && client.tasks !== null && wish.wait > 0);
  const asks = askPerson(run, { ...caller, client }) !== null;
  if (isOpen || (asks && client.tasks !== null)) return { open: { run, as: "task" } };
  return asks ? { open: { run, as: "question" } } : showRun(caller, run, wish.verbose);
}

/** Waits on for the run that asked. It must be this tool's: what a client hands back is a name, and proves nothing. */
async function resumeRun(
  caller: McpCaller,
  { run: id, answers }: NonNullable<ToolCall["resumes"]>,
  { wish, call }: { wish: StartWish; call: ToolCall },
): Promise<ToolAnswer> {
  const { progress, signal, client } = call;
  const task = await findCalledRun(caller, id);
  if (task === null || task.first.worker_id !== wish.worker) {
    const detail = "What the call gives back is not of a run of this tool. Call it without requestState.";
    return refuse({ code: "not_found", detail });
  }
  await takeAnswer(caller, task.now, { client, answers });
  const seconds = secondsFor(wish, client);
  const decided = await followDecided(
    caller,
    await caller.api.call(runRoutes.getRun, { params: { run: task.now.id } }),
  );
  const run = isDone(decided) ? decided : await waitForRun(caller, decided.id, { seconds, progress, signal });
  const now = await followDecided(caller, run);
  return isDone(now) || client.tasks === null
    ? showRun(caller, now, wish.verbose)
    : { open: { run: task.first, as: "task" } };
}

function ask(
  caller: McpCaller,
  { worker, action, inputs, priority, key }: StartWish,
  { held, mark }: { held: number; mark: string | null },
): Promise<RunDetail> {
  const headers = {
    ...(key === null ? {} : { "idempotency-key": key }),
    ...(mark === null ? {} : { [CALL_HEADER]: mark }),
  };
  const query = held > 0 ? { wait: held } : {};
  const json = { inputs, trigger_source: "mcp" as const, ...(priority === undefined ? {} : { priority }) };
  if (action === undefined)
    return caller.api.call(runRoutes.startRun, { params: { worker }, query, json, headers });
  return caller.api.call(actionRoutes.startAction, { params: { worker, action }, query, json, headers });
}
