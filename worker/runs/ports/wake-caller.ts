import { describeError, log } from "../../platform/log.ts";
import type { EdgeAttempts } from "./edge-attempts.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** Wakes the attempt that sleeps until this run has ended. Where that does not reach it, it looks by itself in its time. */
export async function wakeCaller(
  edge: Pick<EdgeAttempts, "wake">,
  { run_id, lineage }: Pick<RunSpec, "run_id" | "lineage">,
): Promise<void> {
  const attempt = lineage?.waiting_attempt;
  if (lineage === null || attempt === undefined) return;
  try {
    await edge.wake(lineage.parent_run_id, attempt);
  } catch (error) {
    log("warn", "run.caller_not_woken", { run_id, error: describeError(error) });
  }
}
