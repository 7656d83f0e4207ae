import type { FailureCodeName } from "#contract/runs/run-failure";
import type { LifecycleTimes, RunState } from "./run-state.ts";
import { spendEndsAt } from "./sandbox-cost.ts";

/**
 * What ends the script: it has had its time, or what it costs has come up to a spend cap. Null as long as neither is so. A last
 * look at its journal comes before the verdict: the edge may have been away while the script ended in good time.
 */
export function findOverdue(state: RunState, now: number, times: LifecycleTimes): FailureCodeName | null {
  if (state.phase !== "running") return null;
  if (now - state.phase_since >= times.run_ms) return "timeout";
  return now >= spendEndsAt(state) ? "spend_cap_exceeded" : null;
}

/** Has the script had its time, or its money? Pure. */
export function isOverdue(state: RunState, now: number, times: LifecycleTimes): boolean {
  return findOverdue(state, now, times) !== null;
}
