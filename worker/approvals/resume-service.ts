// Owns how something from outside lets a waiting run go on (`await_external`). Never asks people and is never asked by
// them. Writes nothing: the run's object claims the event, and the first one wins.
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import type { ReadDeps } from "../runs/read/read-run.ts";
import { findAwaitingRuns } from "./store.ts";

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
  deps: Pick<ReadDeps, "runObject"> & { db: Db; publicUrl: string },
  worker: { workspaceId: string; workerName: string },
  event: ExternalEvent,
): Promise<{ status: "resumed"; run_id: string; follow_up_run_id: string }> {
  requirePublicUrl(deps.publicUrl);
  const { key, payload, run_id: wanted, by = [] } = event;
  if (key.length > limits.approval_key_characters.value) throw notFound("run that waits for this");
  for (const runId of await findAwaitingRuns(deps.db, worker, key)) {
    if (wanted !== undefined && wanted !== runId) continue;
    const reply = await deps.runObject(runId).resume({ key, payload, by });
    if (reply.kind === "too_large") {
      const detail = "What came is too large to be kept beside the inputs of the run that waits for it.";
      throw new AppError("body_too_large", detail);
    }
    if (reply.kind === "resumed") return { status: "resumed", run_id: runId, follow_up_run_id: reply.run_id };
  }
  throw notFound("run that waits for this");
}
