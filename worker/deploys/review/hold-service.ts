// Owns the pause of a worker that nobody has asked for: an anomaly on the record of changes has.
// Never resumes one: that is a person's act.
// Writes workers.paused_at.
import type { WorkerId } from "#contract/ids";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db/client.ts";
import { findWorkerVersion } from "../../catalog/store.ts";
import { setPause } from "../store.ts";

interface HoldDeps {
  db: Db;
  clock: Clock;
  setQueuePaused: (workerId: WorkerId, paused: boolean) => Promise<void>;
}

/** Pauses a worker, the queue first, as a person would. A repeat changes nothing; one that is gone is left alone. */
export async function holdWorker(deps: HoldDeps, workerId: string): Promise<void> {
  const found = await findWorkerVersion(deps.db, { workerId });
  if (found === undefined) return;
  const { id, paused_at } = found.worker;
  await deps.setQueuePaused(id, true);
  await setPause(deps.db, id, { paused_at: paused_at ?? deps.clock(), resumed_version: null });
}
