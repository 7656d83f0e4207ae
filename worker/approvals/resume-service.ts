// Owns how something from outside lets a waiting run go on (`await_external`). Never asks people and is never asked by
// them. Writes nothing: the run's object claims the event, and the first one wins.
import type { ApprovalId } from "#contract/ids";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import { findAwaitingRuns } from "./store.ts";

/** Those that wait are asked in turn until one takes the event. */
const PAGE = 50;
const TOO_LARGE = "What came is too large to be kept beside the inputs of the run that waits for it.";

/** What came: `key` as the worker named it; `run_id` when the sender knows which run waits. */
export interface ExternalEvent {
  key: string;
  run_id?: string | undefined;
  payload: Json;
  /** Tokens of those whose word this may be: they may not approve what follows from it where a requester may not. */
  by?: readonly string[];
}

/**
 * Lets the run of `worker` that waits for `event.key` go on: it is completed, and a follow-up run gets its inputs and
 * `external_result`. Of several the one that has waited longest. Throws not_found when none waits,
 * `body_too_large` when the event does not fit beside the run's inputs, and `public_url_unset` where no run can be started.
 */
export async function resumeExternal(
  deps: Pick<ReadDeps, "runObject"> & { db: Db; clock: Clock; publicUrl: string },
  worker: { workspaceId: string; workerName: string },
  event: ExternalEvent,
): Promise<{ status: "resumed"; run_id: string; follow_up_run_id: string }> {
  requirePublicUrl(deps.publicUrl);
  const { key, payload, run_id: wanted, by = [] } = event;
  if (key.length > limits.approval_key_characters.value) throw notFound("run that waits for this");
  const now = deps.clock();
  for (let after: ApprovalId | null = null; ;) {
    const some = { key, runId: wanted, after, now, limit: PAGE };
    const waiting: Awaited<ReturnType<typeof findAwaitingRuns>> = await findAwaitingRuns(
      deps.db,
      worker,
      some,
    );
    for (const { run_id: runId } of waiting) {
      const reply = await deps.runObject(runId).resume({ key, payload, by });
      if (reply.kind === "too_large") throw new AppError("body_too_large", TOO_LARGE);
      if (reply.kind === "resumed")
        return { status: "resumed", run_id: runId, follow_up_run_id: reply.run_id };
    }
    after = waiting.at(-1)?.id ?? null;
    if (waiting.length < PAGE) throw notFound("run that waits for this");
  }
}
