import { isLaterUse } from "#contract/runner/sandbox-use";
import type { RunOutcome } from "./run-outcome.ts";
import type { Moment, RunEffect, RunState, Step } from "./run-state.ts";

/** When an event is taken, and how long phases may last. */
export type When = Pick<Moment, "now" | "times">;

/**
 * The current attempt may have a sandbox that must go. It is written down, because a kill may fail and be forgotten; what
 * is written down is looked for again at every wake-up until the sandbox's own life is over.
 */
export function oweKill(state: RunState, { now, times }: When): RunState {
  if (state.phase === "waiting" || state.phase === "backoff") return state;
  const others = state.owed_kills.filter(({ attempt, until }) => until > now && attempt !== state.attempt);
  return {
    ...state,
    owed_kills: [
      ...others,
      {
        attempt: state.attempt,
        until: now + times.sandbox_life_ms,
        ...(isLaterUse(state.sandbox_id) ? { sandbox_id: state.sandbox_id } : {}),
      },
    ],
  };
}

/** What is owed by attempts that are over, to be tried once more. */
export function repeatKills({ owed_kills }: RunState, now: number): RunEffect[] {
  return owed_kills
    .filter(({ until }) => until > now)
    .flatMap(({ attempt, sandbox_id }): RunEffect[] => [
      ...(sandbox_id ? [{ type: "kill", sandbox_id } as const] : []),
      { type: "kill_attempt", attempt },
    ]);
}

/**
 * Lets go of the current attempt's sandbox. One whose id was never noted (the object went away while it launched, or
 * the result was quicker than the launch's answer) is looked for by the attempt it was created for, and so are those that
 * more than one try may have had made; one of earlier runs by its own id.
 */
export function dropSandbox(state: RunState): RunEffect[] {
  const { sandbox_id } = state;
  const every: RunEffect = { type: "kill_attempt", attempt: state.attempt };
  if (isLaterUse(sandbox_id)) return [{ type: "kill", sandbox_id }, every];
  if (sandbox_id) return state.launch === 1 ? [{ type: "kill", sandbox_id }] : [every];
  return state.phase === "launching" || state.phase === "finishing" ? [every] : [];
}

/**
 * A good end whose sandbox the next run of the version may have. One that more than one try may have had made is none. That
 * it has to end is not written down: it could be somebody else's by the time it is ended, and by itself it ends anyway.
 */
export function endAndLeave(state: RunState, outcome: RunOutcome, now: number): Step {
  const { attempt } = state;
  const next = { phase: "ended", phase_since: now, ended_at: now, outcome, result: null } as const;
  return {
    state: { ...state, ...next, sandbox_left: true },
    effects: [{ type: "announce" }, { type: "leave", attempt }, { type: "conclude" }],
  };
}
