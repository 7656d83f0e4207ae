import type { RunInput, RunState } from "./run-state.ts";

/** So often the same doubtful refusal is waited out, which is about a quarter of a minute. */
const DOUBTED_REFUSALS = 4;
/** What another try does not change: somebody has to set something first. */
const lasting: readonly string[] = [
  "missing_e2b_key",
  "invalid_worker",
  "missing_secrets",
  "missing_contexts",
  "secrets_clash",
  "spend_cap_exceeded",
];

/** Whether another try to launch would be refused as well. Pure. */
export function isFinalRefusal(state: RunState, event: RunInput & { type: "refused" }): boolean {
  const isLasting = lasting.includes(event.code);
  if (!isLasting) return false;
  const isRepeated = state.refused === event.message && state.refusals >= DOUBTED_REFUSALS;
  return !event.doubtful || isRepeated;
}

/** No room is nobody's failure: the clock of failing stands still while a run waits as in a queue. Pure. */
export function noteWaiting(state: RunState, now: number): RunState {
  // A first refusal for want of room says that nothing had failed before it.
  const failing = state.failing_since === null || state.refusals === 0 ? 0 : now - state.failing_since;
  return { ...state, failing_ms: state.failing_ms + failing, failing_since: null };
}
