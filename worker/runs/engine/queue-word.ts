import { describeError, log } from "../../platform/log.ts";
import { buildTimes } from "../lifecycle/run-state.ts";
import { armRetry } from "./run-handle.ts";
import type { AcceptedRun } from "./run-handle.ts";

/** So long a run believes what its queue has said last. The queue keeps to it for longer: see Handover. */
const WORD_HOLDS_MS = 60_000;

/** Is the run still the one that its queue waits for? `unknown`: the queue does not answer, which is neither yes nor no. */
type Standing = "mine" | "given_up" | "unknown";

/**
 * Asks the queue, unless its word is fresh. A queue gives up a run whose object is silent, tells people so, and lets the
 * next one begin; the object may come back after that, with what was said to it before.
 */
export async function askStanding(run: AcceptedRun): Promise<Standing> {
  const { deps, record } = run;
  const { run_id, worker_id } = record.spec;
  const askedAt = deps.clock();
  if (askedAt - run.wordAt <= WORD_HOLDS_MS) return "mine";
  try {
    if (!(await deps.isQueued(worker_id, run_id))) return "given_up";
  } catch (error) {
    log("warn", "run.queue_silent", { run_id, error: describeError(error) });
    return "unknown";
  }
  run.wordAt = Math.max(run.wordAt, askedAt);
  return "mine";
}

const SILENT_QUEUE = "The worker's queue does not say whether the run may still begin.";
/** A queue that does not answer is asked again after so long at first, and then ever more seldom. */
const ASKS_AGAIN_MS = 5000;

/**
 * Whether an attempt may be launched, as far as the queue is concerned. Where it may not, what follows is seen to: the run
 * ends as the queue has put on record, or waits, as it would for room, until the queue answers.
 */
export async function mayLaunch(run: AcceptedRun, attempt: number): Promise<boolean> {
  const standing = await askStanding(run);
  if (standing === "mine") return true;
  if (standing === "given_up") {
    await run.dispatch({ type: "given_up" });
    return false;
  }
  await run.dispatch({
    type: "refused",
    attempt,
    code: "queue_expired",
    message: SILENT_QUEUE,
    retry_after_ms: null,
    waits: true,
    asks_again_ms: ASKS_AGAIN_MS,
  });
  return false;
}

/**
 * Whether what the script has come to may be put on the record. While the queue is silent that waits for half of the time
 * that there is to store results; after that it counts, for it has happened.
 */
export async function mayConclude(run: AcceptedRun): Promise<boolean> {
  const standing = await askStanding(run);
  if (standing === "given_up") {
    await run.dispatch({ type: "given_up" });
    return false;
  }
  const { state, spec } = run.record;
  const lasted = run.deps.clock() - state.phase_since;
  if (standing === "mine" || lasted >= buildTimes(spec).finish_ms / 2) return true;
  armRetry(run);
  return false;
}
