import pLimit from "p-limit";
import { describeError, log } from "../platform/log.ts";
import { SIDE_BY_SIDE } from "./duty-times.ts";
import type { RunsToKeep } from "./retention-deps.ts";

type Deleting = Pick<RunsToKeep, "forget" | "deleteRows">;

/**
 * Deletes runs that have ended, but those that a kept follow-up run needs; one of the same page whose follow-up goes with
 * it goes too. A run's object and files go first and its row last: what a crash leaves half done is found again by the
 * row. Answers how many are gone. One that cannot be deleted is left for the next time.
 */
export async function deleteRuns(
  runs: Deleting & Pick<RunsToKeep, "listAwaited">,
  workspaceId: string,
  runIds: readonly string[],
): Promise<number> {
  let left = runIds;
  let gone = 0;
  for (;;) {
    const awaited = new Set(await runs.listAwaited(workspaceId, left));
    const free = left.filter((id) => !awaited.has(id));
    const deleted = await deleteRunsAnyway(runs, workspaceId, free);
    gone += deleted;
    left = left.filter((id) => awaited.has(id));
    if (deleted === 0 || left.length === 0) return gone;
  }
}

/** The same whatever needs them: where all of a worker's runs go. */
export async function deleteRunsAnyway(
  runs: Deleting,
  workspaceId: string,
  runIds: readonly string[],
): Promise<number> {
  const tries = await settleEach(runIds, (id) => runs.forget(id));
  const gone = runIds.filter((id, index) => {
    const tried = tries[index];
    if (tried?.status === "rejected")
      log("warn", "retention.run_failed", { run_id: id, error: describeError(tried.reason) });
    return tried?.status === "fulfilled" && tried.value;
  });
  if (gone.length > 0) await runs.deleteRows(workspaceId, gone);
  return gone.length;
}

/** Does the same with each run, a few at a time; the outcomes are in the order of the runs. */
export function settleEach<Value>(
  runIds: readonly string[],
  act: (runId: string) => Promise<Value>,
): Promise<PromiseSettledResult<Value>[]> {
  const pool = pLimit(SIDE_BY_SIDE);
  return Promise.allSettled(runIds.map((id) => pool(() => act(id))));
}
