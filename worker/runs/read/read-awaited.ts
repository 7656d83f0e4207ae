import type { CalledRun } from "#contract/calls/call";
import { runIdSchema } from "#contract/ids";
import { buildFailure } from "#contract/runs/run-failure";
import { notFound } from "../../platform/app-error.ts";
import type { Db } from "../../platform/db/client.ts";
import { within } from "../../platform/within.ts";
import type { After } from "../../platform/within.ts";
import { GIVEN_UP } from "../lifecycle/given-up.ts";
import { describeChild, readView } from "./read-run.ts";
import type { ReadDeps } from "./read-run.ts";
import type { RunView } from "../record/run-api.ts";
import { findGivenUp } from "../record/row-store.ts";
import type { Caller } from "../spec/run-origin.ts";

/** An object that does not answer within this long is broken, or has a broken day. */
const ANSWER_MS = 10_000;
/** No queue gives a run up before it is this old. */
const LEAST_GIVEN_UP_MS = 300_000;

type AwaitedDeps = ReadDeps & { db: Db; after: After };

/**
 * A child as whoever sleeps until it ends sees it. Of one whose object was never heard the queue has the last word: where it
 * gave the run up, that has failed. Throws what reading it threw where nobody knows that it has ended.
 */
export async function readAwaited(
  deps: AwaitedDeps,
  { workspace_id: workspaceId }: Pick<Caller, "workspace_id">,
  runId: string,
): Promise<CalledRun> {
  const of = { workspaceId, runId };
  let view: RunView | null;
  try {
    view = await within(deps.after, ANSWER_MS, () => readView(deps, of));
  } catch (error) {
    const failed = await readGivenUp(deps, of);
    if (failed !== null) return failed;
    throw error;
  }
  const isHeard = view !== null && !mayBeGivenUp(view, deps.clock());
  const failed = isHeard ? null : await readGivenUp(deps, of);
  if (failed !== null) return failed;
  if (view === null) throw notFound("run");
  return describeChild(deps, view);
}

/** The run as its queue gave it up; null where it did not. */
async function readGivenUp(
  { db }: Pick<AwaitedDeps, "db">,
  of: { workspaceId: string; runId: string },
): Promise<CalledRun | null> {
  const given = await findGivenUp(db, of);
  const failure = buildFailure("internal_error", GIVEN_UP);
  return (
    given && {
      run_id: runIdSchema.parse(of.runId),
      worker: given.worker,
      status: "failed",
      outputs: {},
      failure,
    }
  );
}

/** One that its object still takes for waiting may not have heard of it. */
function mayBeGivenUp({ detail: { status, created_at } }: RunView, now: number): boolean {
  return status === "queued" && now - Date.parse(created_at) > LEAST_GIVEN_UP_MS;
}
