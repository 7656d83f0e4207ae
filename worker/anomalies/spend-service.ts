// Owns whether a worker costs unusually much on a day. Never counts what runs cost: their rows do. Writes nothing.
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { listDailySpend } from "../spend/service.ts";
import type { Anomaly } from "./find-anomalies.ts";
import { judgeSpending } from "./judge-spending.ts";

/** A run that has cost something. */
export interface CostlyRun {
  workspaceId: string;
  runId: string;
  worker: { id: string; name: string };
}

/** That a worker has cost far more today than on other days, as an anomaly of that day; null where it has not. */
export async function findUnusualSpend(
  deps: { db: Db; clock: Clock },
  { workspaceId, runId, worker }: CostlyRun,
): Promise<Anomaly | null> {
  const spending = await listDailySpend(deps, { workspaceId, workerId: worker.id });
  const unusual = judgeSpending(spending);
  if (unusual === null) return null;
  const { date, today } = spending;
  return {
    kind: "unusual_spend",
    workspace_id: workspaceId,
    worker,
    run_id: runId,
    tool: null,
    subject: date,
    cause: `spend:${worker.id}:${date}`,
    at: deps.clock(),
    message: `${worker.name} has cost $${today.toFixed(2)} on ${date}; a usual day costs $${unusual.usual.toFixed(2)}.`,
  };
}
