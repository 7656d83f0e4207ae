import type { RunInput, RunState, Step } from "./run-state.ts";

type Launching = Pick<RunState, "phase" | "attempt" | "launch">;

/**
 * Whether a try to launch, by its number, is the newest one: an object that was replaced while it launched has a number
 * that is not, and may start nothing. Pure.
 */
export function ownsLaunch(
  state: Launching,
  { attempt, launch }: { attempt: number; launch: number },
): boolean {
  return state.phase === "launching" && state.attempt === attempt && state.launch === launch;
}

/** Whether nothing has begun another try since. Pure. */
export function isSameTry(after: RunState, before: RunState): boolean {
  return after.attempt === before.attempt && after.launch === before.launch;
}

/** The next try gets a number that no try has had. Pure. */
export function onRelaunching(state: RunState, { attempt }: RunInput & { type: "relaunching" }): Step {
  const isCurrent = state.phase === "launching" && state.attempt === attempt;
  return { state: isCurrent ? { ...state, launch: state.launch + 1 } : state, effects: [] };
}

/** What is written down before the script is started: every later try goes on with that sandbox. Pure. */
export function onObtained(state: RunState, event: RunInput & { type: "obtained" }): Step {
  const { attempt, launch } = event;
  const isCurrent = state.phase === "launching" && state.attempt === attempt;
  if (!isCurrent || state.sandbox_launch === launch) return { state, effects: [] };
  // One of an earlier run cannot be found by whom it was made for, so that it is named too.
  const { sandbox_id = state.sandbox_id } = event;
  return { state: { ...state, sandbox_launch: launch, sandbox_id }, effects: [] };
}

/** What the launch waited for is there. */
export function onBuilt(state: RunState, event: RunInput & { type: "built" }, now: number): Step {
  if (state.phase !== "launching" || state.attempt !== event.attempt) return { state, effects: [] };
  const next = { ...state, retry_at: now, asks_again_ms: null };
  return { state: next, effects: [{ type: "launch", attempt: state.attempt }] };
}

/** Nothing is written down for it: should the launch come to nothing, it is begun again by whoever called, or by the run. */
export function onCalled(state: RunState): Step {
  return { state, effects: state.phase === "launching" ? [{ type: "launch", attempt: state.attempt }] : [] };
}
