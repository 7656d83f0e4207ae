import type { AttemptOrder } from "../../attempts/attempt-api.ts";
import type { ToolAnswer } from "../../tools/gate-api.ts";
import type { Host } from "../host.ts";

/**
 * What a call of a dry run is answered: what the same call was answered in the run that it replays, in whichever attempt,
 * the last one first; null where that made none such.
 */
export async function findReplayedAnswer(
  host: Host,
  { spec }: AttemptOrder,
  digest: string,
): Promise<ToolAnswer | null> {
  const runId = spec.replay_of;
  const view = runId === null ? null : await host.run(runId).read();
  if (runId === null || view === null || view.workspace_id !== spec.workspace_id) return null;
  for (const { attempt } of view.detail.attempts.toReversed()) {
    const answer = await host.attempt(runId, attempt).findAnswer(digest);
    if (answer !== null) return answer;
  }
  return null;
}
