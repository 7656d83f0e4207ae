import type { RunnerResult } from "#contract/runner/runner";
import type { RunState } from "./run-state.ts";

/** Notes that the current attempt is over. Pure. */
export function noteAttempt(
  state: RunState,
  over: { now: number; lost: boolean; code: string | null },
): RunState {
  if (state.attempt === 0 || state.attempts.at(-1)?.attempt === state.attempt) return state;
  const { now, lost, code } = over;
  const record = { attempt: state.attempt, started_at: state.attempt_started_at, ended_at: now, lost, code };
  return { ...state, attempts: [...state.attempts, record] };
}

/**
 * When the sandbox of an attempt had started whose result is quicker than the answer of its launch: as long ago as its
 * script took, so that it is paid for as any other. Pure.
 */
export function guessStart(state: RunState, result: RunnerResult, now: number): number {
  return Math.max(state.launching_since ?? now, now - (result.usage?.wall_ms ?? 0));
}
