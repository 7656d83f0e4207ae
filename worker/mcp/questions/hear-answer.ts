import * as z from "zod";
import { ApiProblem } from "#contract/client";
import type { RunDetail } from "#contract/runs/run";
import type { McpCaller } from "../caller.ts";
import type { ClientSession } from "../sessions/client-session.ts";
import { findCalledRun } from "../tasks/find-called-run.ts";
import { NO_ABILITIES } from "../sessions/client-abilities.ts";
import { isQuestionTo, runOfQuestion } from "./question-id.ts";
import { takeAnswer } from "../asking/take-answer.ts";

/** What a client of the first era answers to a question, by a request of its own. */
export interface StreamAnswer {
  /** The question's. */
  id: string;
  /** Undefined where the client could not ask. */
  result?: unknown;
}

const opened = z.looseObject({ action: z.literal("accept") });

/**
 * Takes an answer for the run whose call asked, as its caller: what it decides, the route decides. An answer to what this
 * client was not asked, or not any more, is left alone. The call that waits is told where nothing will come of its question.
 */
export async function hearAnswer(
  caller: McpCaller,
  session: ClientSession,
  { id, result }: StreamAnswer,
): Promise<void> {
  const run = runOfQuestion(id);
  const called = run === null ? null : await findCalledRun(caller, run);
  const approval = called?.now.approval_trail?.id;
  if (called === null || approval === undefined) return;
  if (!(await isQuestionTo({ principal: caller.principal, session, approval }, id))) return;
  // Whoever has opened the page decides there.
  const isOnPage = session.asksByUrl && opened.safeParse(result).success;
  if (isOnPage || (await decides(caller, called.now, { session, answers: { [approval]: result } }))) return;
  await caller.tellLeft(called.now.id, id);
}

async function decides(
  caller: McpCaller,
  run: RunDetail,
  { session, answers }: { session: ClientSession; answers: Record<string, unknown> },
): Promise<boolean> {
  try {
    return await takeAnswer(caller, run, { client: { ...NO_ABILITIES, ...session }, answers });
  } catch (error) {
    if (error instanceof ApiProblem && error.problem.status < 500) return false;
    throw error;
  }
}
