import type { LifecycleTimes, RunState } from "./run-state.ts";

/** When a run has waited for its turn as long as it may; while the worker is paused, patience stands still. */
export function patienceEndsAt({ phase_since, paused_ms }: RunState, { queue_ms }: LifecycleTimes): number {
  return phase_since + queue_ms + paused_ms;
}

/** 1 s, 2 s, 4 s ... 15 s between tries to get a sandbox, unless the provider says how long. */
export function launchDelayMs(refusals: number, retryAfterMs: number | null): number {
  return retryAfterMs ?? Math.min(15_000, 1000 * 2 ** refusals);
}

/**
 * When a launch is given up, whatever its refusals are: the run may wait as long as its queue lets it, and its launches
 * may fail as long as patience lasts. Both only add up: a refusal of one kind does not wind back the clock of the other.
 */
export function launchEndsAt(state: RunState, { queue_ms, launch_patience_ms }: LifecycleTimes): number {
  const since = state.launching_since ?? state.phase_since;
  const first = state.attempt === 1 ? state.accepted_at + state.paused_ms : since;
  const waited = Math.max(first + queue_ms, since + launch_patience_ms);
  const failed =
    state.failing_since === null ? Infinity : state.failing_since + launch_patience_ms - state.failing_ms;
  return Math.min(waited, failed);
}
