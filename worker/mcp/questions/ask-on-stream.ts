import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { systemClock } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import type { McpCaller } from "../caller.ts";
import { followEvents } from "../follow-events.ts";
import { followDecided } from "../tasks/find-called-run.ts";
import type { CallStream, ToolCall } from "../tool-source.ts";
import { waitForRun } from "../wait-for-run.ts";
import { describeQuestion } from "../asking/ask-person.ts";
import { NO_ABILITIES } from "../sessions/client-abilities.ts";
import { nameQuestion } from "./question-id.ts";

// owns how a client of the first era is asked within a call. never takes an answer: that comes by a request of its own
// (hear-answer), decides by the route, and is seen here in the run's events. A question that was left is told besides.

type Asking = Pick<ToolCall, "progress" | "signal"> & {
  stream: CallStream;
  /** The run that the call started; the one that asks may go on for it. */
  first: string;
  /** Epoch milliseconds. */
  until: number;
};

/** Nobody reads and answers in less. */
const LEAST_SECONDS = 3;

/**
 * Asks the client's person whatever the run asks, and waits for what comes of it: the end, or the end of the time. Answers
 * the run that goes on then, which still asks where nobody has decided.
 */
export async function askOnStream(caller: McpCaller, run: RunDetail, asking: Asking): Promise<RunDetail> {
  const { signal, progress, until } = asking;
  const secondsLeft = () => Math.max(0, (until - systemClock()) / 1000);
  let now = run;
  while (!isTerminal(now.status) && !signal.aborted) {
    const approval = now.approval_trail;
    const params = describeQuestion(now, {
      ...caller,
      client: { ...NO_ABILITIES, ...asking.stream.session },
    });
    if (params === null || approval === null || secondsLeft() < LEAST_SECONDS) return now;
    const question = { run: now.id, approval: approval.id, params };
    if (!(await askOnce(caller, question, asking)) || signal.aborted) return readNow(caller, now.id);
    now = await readNow(caller, now.id);
    const behind = now.id === question.run ? approval.id : null;
    const rest = { seconds: secondsLeft(), progress, signal, behind };
    if (!isTerminal(now.status)) now = await followDecided(caller, await waitForRun(caller, now.id, rest));
    if (secondsLeft() === 0) return now;
  }
  return now;
}

const readNow = async (caller: McpCaller, run: string): Promise<RunDetail> =>
  followDecided(caller, await caller.api.call(runRoutes.getRun, { params: { run } }));

/** Whether it was decided, by whomever, before the client left the question or the time was over. */
async function askOnce(
  caller: McpCaller,
  { run, approval, params }: { run: string; approval: string; params: Record<string, unknown> },
  { stream, first, until, signal }: Asking,
): Promise<boolean> {
  const { principal } = caller;
  const nonce = newId("req", systemClock());
  const id = await nameQuestion({ principal, session: stream.session, approval }, { run: first, nonce });
  const done = new AbortController();
  try {
    const time = AbortSignal.timeout(Math.max(0, until - systemClock()));
    const heard = AbortSignal.any([signal, time, done.signal]);
    const left = await caller.hearLeft(run, id, heard);
    const isUrl = params["mode"] === "url";
    const asked = isUrl ? { ...params, elicitationId: id } : params;
    await stream.send({ id, method: "elicitation/create", params: asked });
    const isDecided = await waitForDecision(caller, { run, approval }, AbortSignal.any([heard, left]));
    if (signal.aborted) return isDecided;
    if (isDecided && isUrl)
      await stream.send({ method: "notifications/elicitation/complete", params: { elicitationId: id } });
    // A form that is answered has no use for it, and one that is still open is closed by it.
    const isOver = { requestId: id, reason: "It is over." };
    if (!left.aborted) await stream.send({ method: "notifications/cancelled", params: isOver });
    return isDecided;
  } finally {
    done.abort();
  }
}

async function waitForDecision(
  caller: McpCaller,
  { run, approval }: { run: string; approval: string },
  signal: AbortSignal,
): Promise<boolean> {
  for await (const event of followEvents(caller, run, { after: 0, signal })) {
    if (event.type === "approval_decided" && event.approval_id === approval) return true;
    if (event.type === "close") return true;
  }
  return false;
}
