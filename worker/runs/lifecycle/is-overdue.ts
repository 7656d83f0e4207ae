import type { LifecycleTimes } from "./run-state.ts";
import type { RunState } from "./run-state.ts";

/**
 * Has the script had its time? A last look at its journal comes before the verdict: the edge may have been away while
 * the script ended in good time.
 */
export function isOverdue(state: RunState, now: number, times: LifecycleTimes): boolean {
  return state.phase === "running" && now - state.phase_since >= times.run_ms;
}
