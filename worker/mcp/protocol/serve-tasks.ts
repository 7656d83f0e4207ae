import { MissingRequiredClientCapabilityError, ProtocolError } from "@modelcontextprotocol/server";
import type { Server, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import type { Json } from "#contract/json";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { systemClock } from "../../platform/clock.ts";
import { askOnStream } from "../questions/ask-on-stream.ts";
import type { CallStream } from "../tool-source.ts";
import { isAskingPeople } from "../asking/ask-person.ts";
import type { Asker } from "../asking/ask-person.ts";
import { NO_ABILITIES } from "../sessions/client-abilities.ts";
import type { ClientAbilities } from "../sessions/client-abilities.ts";
import { takeAnswer } from "../asking/take-answer.ts";
import type { McpCaller } from "../caller.ts";
import { showRun } from "../show-files.ts";
import { describeCalledRun, POLL_MS } from "../tasks/describe-called-run.ts";
import type { CallState } from "../tasks/describe-called-run.ts";
import { findCalledRun, followRun } from "../tasks/find-called-run.ts";
import type { CalledRun } from "../tasks/find-called-run.ts";
import { listCalledRuns } from "../tasks/list-called-runs.ts";
import { LONGEST_WAIT_SECONDS, waitForRun } from "../wait-for-run.ts";
import { INTERNAL_ERROR, INVALID_PARAMS } from "./error-numbers.ts";
import { keepToTool } from "../worker-tools.ts";
import { orProtocolError } from "./or-protocol-error.ts";
import { pageParams } from "./page-cursor.ts";
import { openCallStream } from "./open-call-stream.ts";
import { readAbilities, TASKS } from "./read-abilities.ts";

// owns tasks in the words of both eras: a run that goes on is a task, and its state is the run's, which nobody copies.
// never keeps anything: the SDK has no side of a server for tasks, and a timer of a request would end with it.

const taskParams = z.looseObject({ taskId: z.string().max(200) });

/** A client of 2025-11-25 is told by each tool whether it may ask for a task. */
export const MAY_BE_TASK = { execution: { taskSupport: "optional" } };

/** What a server says that it can do with tasks, era by era. */
export const calledRunCapabilities = {
  modern: { extensions: { [TASKS]: {} } },
  legacy: { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } },
};

/** What a call answers whose run goes on: the seed of a task. */
export function tellCalledRun(run: RunDetail, asker: Asker): Record<string, unknown> {
  const task = { first: run, now: run };
  if (asker.client.tasks === "asked")
    // The SDK takes no result of a tool without contents, even where it is a task.
    return { content: [], task: tellOlder(task, describeCalledRun(task, asker)) };
  const { asks: _, ...seed } = describeCalledRun(task, asker);
  return { resultType: "task", ...tellNewer(task, { ...seed, asks: {} }) };
}

/** Answers what is asked of tasks by a client of 2026-07-28 that has declared the extension. */
export function serveCalledRuns(server: Server, caller: McpCaller): void {
  server.setRequestHandler("tasks/get", { params: taskParams }, async ({ taskId }, serving) => {
    const client = requireTasks(serving);
    return tellCalledRunState(await orProtocolError(requireTask(caller, taskId)), { ...caller, client });
  });
  server.setRequestHandler("tasks/update", { params: taskParams }, async ({ taskId }, serving) => {
    const client = requireTasks(serving);
    const { now } = await orProtocolError(requireTask(caller, taskId));
    // The SDK takes the answers out of what a handler is given, for every method.
    const answers = serving.mcpReq.inputResponses ?? {};
    await orProtocolError(takeAnswer(caller, now, { client, answers }));
    return {};
  });
  server.setRequestHandler("tasks/cancel", { params: taskParams }, async ({ taskId }, serving) => {
    requireTasks(serving);
    await orProtocolError(requireTask(caller, taskId).then((task) => cancel(caller, task)));
    return {};
  });
}

/** A task as it stands, with its result when it is over. */
export async function tellCalledRunState(
  task: CalledRun,
  asker: McpCaller & Asker,
): Promise<Record<string, unknown>> {
  const state = describeCalledRun(task, asker);
  const result = state.status === "completed" ? { result: await tellResult(asker, task.now) } : {};
  return { ...tellNewer(task, state), ...result };
}

/** Answers the same to a client of 2025-11-25, which names a task by asking for one. */
export function serveOlderCalledRuns(server: Server, caller: McpCaller): void {
  const tell = (task: CalledRun) => tellOlder(task, describeOlder(task, caller));
  server.setRequestHandler("tasks/get", { params: taskParams }, async ({ taskId }) =>
    tell(await orProtocolError(requireTask(caller, taskId))),
  );
  server.setRequestHandler("tasks/result", { params: taskParams }, async ({ taskId }, { mcpReq }) => {
    const related = { "io.modelcontextprotocol/related-task": { taskId } };
    const stream = openCallStream({ server, mcpReq }, caller.session, related);
    const run = await orProtocolError(waitForTask(caller, taskId, { stream, signal: mcpReq.signal }));
    const result = await orProtocolError(tellResult(caller, run));
    return { ...result, _meta: { ...result._meta, ...related } };
  });
  server.setRequestHandler("tasks/list", { params: pageParams }, async ({ cursor }) => {
    const { runs, next } = await orProtocolError(listCalledRuns(caller, cursor));
    const tasks = runs.map((run) => ({
      taskId: run.id,
      status: run.status === "pending_approval" ? "input_required" : olderStatus(run.status),
      createdAt: run.created_at,
      lastUpdatedAt: run.completed_at ?? run.started_at ?? run.created_at,
      ttl: null,
      pollInterval: POLL_MS,
    }));
    return { tasks, ...(next === null ? {} : { nextCursor: next }) };
  });
  server.setRequestHandler("tasks/cancel", { params: taskParams }, async ({ taskId }) => {
    const task = await orProtocolError(requireTask(caller, taskId));
    if (isTerminal(task.now.status))
      throw new ProtocolError(INVALID_PARAMS, `The task is over: it is ${olderStatus(task.now.status)}.`);
    await orProtocolError(cancel(caller, task));
    return tell(await orProtocolError(requireTask(caller, taskId)));
  });
}

function requireTasks(serving: ServerContext): ClientAbilities {
  const client = readAbilities(serving);
  if (client.tasks === "extension") return client;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [TASKS]: {} } } });
}

/** One sentence for every task that is not this caller's, whatever there is. */
async function requireTask(caller: McpCaller, id: string): Promise<CalledRun> {
  const task = await findCalledRun(caller, id);
  if (task !== null) return task;
  throw new ProtocolError(INVALID_PARAMS, "There is no such task.");
}

/** What is over already is left as it is: whoever cancels then is as well off. */
async function cancel(caller: McpCaller, { now }: CalledRun): Promise<void> {
  if (!isTerminal(now.status)) await caller.api.call(runRoutes.cancelRun, { params: { run: now.id } });
}

/** The run when it is over, or nobody answers what it asks. Throws where that takes longer than a call is held. */
async function waitForTask(
  caller: McpCaller,
  id: string,
  { stream, signal }: { stream: CallStream | null; signal: AbortSignal },
): Promise<RunDetail> {
  const until = systemClock() + LONGEST_WAIT_SECONDS * 1000;
  const { first, now } = await requireTask(caller, id);
  const isStill = (run: RunDetail) => !isTerminal(run.status) && !isAskingPeople(run);
  const waited = isStill(now)
    ? await waitForRun(caller, now.id, { seconds: LONGEST_WAIT_SECONDS, progress: null, signal })
    : now;
  const followed = await followRun(caller, waited);
  const asking = stream && { stream, first: first.id, until, progress: null, signal };
  const run = asking === null ? followed : await askOnStream(caller, followed, asking);
  if (isStill(run))
    throw new ProtocolError(INTERNAL_ERROR, "The task goes on. Ask again.", { retryable: true });
  return run;
}

const tellResult = async (caller: McpCaller, run: RunDetail) =>
  keepToTool(caller, run, await showRun(caller, run, true));

function tellNewer({ first }: CalledRun, state: CallState): Record<string, unknown> {
  return {
    ...tellShared(first, state),
    ttlMs: null,
    pollIntervalMs: POLL_MS,
    ...(state.status === "input_required" && Object.keys(state.asks).length > 0
      ? { inputRequests: { ...state.asks } }
      : {}),
  };
}

function tellOlder({ first }: CalledRun, state: CallState) {
  return { ...tellShared(first, state), ttl: null, pollInterval: POLL_MS };
}

function tellShared({ id }: RunDetail, { status, message, createdAt, lastUpdatedAt }: CallState) {
  const said: Record<string, Json> = message === null ? {} : { statusMessage: message };
  return { taskId: id, status, ...said, createdAt, lastUpdatedAt };
}

/** In the first era a tool that refuses is a task that `failed`, and whoever sees `input_required` asks for the result. */
function describeOlder(task: CalledRun, caller: McpCaller): CallState {
  const state = describeCalledRun(task, { ...caller, client: NO_ABILITIES });
  if (isAskingPeople(task.now)) return { ...state, status: "input_required" };
  return isTerminal(task.now.status) ? { ...state, status: olderStatus(task.now.status) } : state;
}

function olderStatus(status: RunDetail["status"]): CallState["status"] {
  return status === "completed" || status === "failed" || status === "cancelled" ? status : "working";
}
