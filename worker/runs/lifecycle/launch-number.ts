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
export function onObtained(state: RunState, { attempt, launch }: RunInput & { type: "obtained" }): Step {
  const isCurrent = state.phase === "launching" && state.attempt === attempt;
  if (!isCurrent || state.sandbox_launch === launch) return { state, effects: [] };
  return { state: { ...state, sandbox_launch: launch }, effects: [] };
}
