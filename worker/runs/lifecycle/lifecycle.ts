import { limits } from "#contract/limits";
import { buildFailure, type FailureCodeName, type RunFailure } from "#contract/runs/run-failure";
import { cancelHeld, enterHold, heldWake, stepHeld, wakeHeld } from "./hold.ts";
import { retryDelayMs } from "./retry.ts";
import type { LifecycleTimes, Moment, RunEffect, RunInput, RunState, Step } from "./run-state.ts";
import type { RunOutcome } from "./run-outcome.ts";

/*
 * A run's life as a pure function: (state, event, now) -> the next state and the effects to perform.
 * What must stay true:
 *  - an ended run never changes;
 *  - an event of an attempt that is not the current one changes nothing (its sandbox, if any, is killed);
 *  - every phase has a deadline, and `nextWake` never lies after it;
 *  - effects may be performed twice (after a crash they are); each of them is a repeatable act.
 */

/** How long a follow-up run is offered to the queue: as long as the queue remembers the key it is offered under. */
const RESUME_MS = limits.idempotency_seconds.value * 1000;

/** A run as it is accepted: waiting for its turn, or launching at once. */
export function acceptRun(go: boolean, now: number): Step {
  const state: RunState = {
    phase: "waiting",
    attempt: 0,
    accepted_at: now,
    phase_since: now,
    started_at: null,
    attempt_started_at: null,
    ended_at: null,
    sandbox_id: null,
    retry_at: now,
    refusals: 0,
    refused: null,
    no_room_since: null,
    result: null,
    outcome: null,
    hold: null,
    attempts: [],
  };
  return go ? startAttempt(state, now) : stay(state, { type: "announce" }, { type: "project", attempt: 0 });
}

function startAttempt(state: RunState, now: number): Step {
  const attempt = state.attempt + 1;
  return {
    state: {
      ...state,
      phase: "launching",
      attempt,
      attempt_started_at: null,
      phase_since: now,
      retry_at: now,
      refusals: 0,
      refused: null,
      no_room_since: null,
      sandbox_id: null,
    },
    effects: [{ type: "announce" }, { type: "launch", attempt }, { type: "project", attempt }],
  };
}

/**
 * Lets go of the current attempt's sandbox. One whose id was never noted (the object went away while it launched, or
 * the result was quicker than the launch's answer) is looked for by the attempt it was created for.
 */
function dropSandbox(state: RunState): RunEffect[] {
  if (state.sandbox_id) return [{ type: "kill", sandbox_id: state.sandbox_id }];
  return state.phase === "launching" || state.phase === "finishing"
    ? [{ type: "kill_attempt", attempt: state.attempt }]
    : [];
}

function end(state: RunState, outcome: RunOutcome, now: number): Step {
  return {
    state: { ...state, phase: "ended", phase_since: now, ended_at: now, outcome, result: null },
    effects: [{ type: "announce" }, { type: "conclude" }, ...dropSandbox(state)],
  };
}

function fail(state: RunState, failure: RunFailure, now: number): Step {
  return end(state, { status: "failed", failure, outputs: {} }, now);
}

const stay = (state: RunState, ...effects: RunEffect[]): Step => ({ state, effects });

/** Notes that the current attempt is over. */
function noteAttempt(state: RunState, over: { now: number; lost: boolean; code: string | null }): RunState {
  if (state.attempt === 0 || state.attempts.at(-1)?.attempt === state.attempt) return state;
  const { now, lost, code } = over;
  const record = { attempt: state.attempt, started_at: state.attempt_started_at, ended_at: now, lost, code };
  return { ...state, attempts: [...state.attempts, record] };
}

/** The platform lost the attempt: another one, while its own budget lasts; the author's retries are not touched. */
function lose(state: RunState, code: FailureCodeName, now: number): Step {
  const noted = noteAttempt(state, { now, lost: true, code });
  const losses = noted.attempts.filter((attempt) => attempt.lost).length;
  if (losses >= limits.platform_attempts.value) return fail(noted, buildFailure(code), now);
  const lost: RunEffect[] = state.sandbox_id ? [{ type: "kill", sandbox_id: state.sandbox_id }] : [];
  const next = startAttempt({ ...noted, result: null }, now);
  return { state: next.state, effects: [...lost, ...next.effects] };
}

function onLaunched(state: RunState, event: RunInput & { type: "launched" }, now: number): Step {
  const isCurrent = state.attempt === event.attempt;
  if (isCurrent && state.phase === "running") return stay(state);
  if (isCurrent && state.phase === "finishing") return stay({ ...state, sandbox_id: event.sandbox_id });
  if (!isCurrent || state.phase !== "launching") {
    return stay(state, { type: "kill", sandbox_id: event.sandbox_id });
  }
  return {
    state: {
      ...state,
      phase: "running",
      phase_since: now,
      attempt_started_at: now,
      started_at: state.started_at ?? now,
      sandbox_id: event.sandbox_id,
      refused: null,
    },
    effects: [{ type: "announce" }],
  };
}

/** 1 s, 2 s, 4 s ... 15 s between tries to get a sandbox, unless the provider says how long. */
export function launchDelayMs(refusals: number, retryAfterMs: number | null): number {
  return retryAfterMs ?? Math.min(15_000, 1000 * 2 ** refusals);
}

function onRefused(state: RunState, event: RunInput & { type: "refused" }, { now, times }: Moment): Step {
  if (state.phase !== "launching" || state.attempt !== event.attempt) return stay(state);
  if (event.waits) return waitForRoom(state, event, { now, times });
  const final = event.code === "missing_e2b_key" || event.code === "invalid_worker";
  if (final || now - state.phase_since >= times.launch_patience_ms)
    return fail(state, buildFailure(event.code, event.message), now);
  return {
    state: {
      ...state,
      no_room_since: null,
      refusals: state.refusals + 1,
      refused: event.message,
      retry_at: now + launchDelayMs(state.refusals, event.retry_after_ms),
    },
    effects: state.refused === event.message ? [] : [{ type: "announce" }],
  };
}

/** Nobody's failure: it waits as in a queue, as long as a queue lets it, and patience begins anew behind it. */
function waitForRoom(
  state: RunState,
  event: RunInput & { type: "refused" },
  { now, times }: Pick<Moment, "now" | "times">,
): Step {
  const since = state.no_room_since ?? now;
  if (now - since >= times.queue_ms) return fail(state, buildFailure("queue_expired", event.message), now);
  return {
    state: {
      ...state,
      phase_since: now,
      no_room_since: since,
      refusals: state.refusals + 1,
      refused: event.message,
      retry_at: now + launchDelayMs(state.refusals, event.retry_after_ms),
    },
    effects: state.refused === event.message ? [] : [{ type: "announce" }],
  };
}

function onReported(state: RunState, event: RunInput & { type: "reported" }, now: number): Step {
  const live = state.phase === "running" || state.phase === "launching";
  if (!live || state.attempt !== event.attempt) return stay(state);
  return stay(
    {
      ...state,
      phase: "finishing",
      phase_since: now,
      started_at: state.started_at ?? now,
      result: event.result,
    },
    { type: "settle", attempt: state.attempt },
  );
}

/** The attempt's end is the run's end, unless the manifest gives a failure another try. */
function onSettled(state: RunState, event: RunInput & { type: "settled" }, moment: Moment): Step {
  if (state.phase !== "finishing" || state.attempt !== event.attempt) return stay(state);
  const { now, retry, jitter } = moment;
  const { failure } = event.outcome;
  const noted = noteAttempt(state, { now, lost: false, code: failure?.code ?? null });
  const delay = failure ? retryDelayMs(retry, failure, { attempts: noted.attempts, jitter }) : null;
  if (delay === null) {
    return event.hold ? enterHold(noted, event.hold, now) : end(noted, event.outcome, now);
  }
  return {
    state: {
      ...noted,
      phase: "backoff",
      phase_since: now,
      retry_at: now + delay,
      refused: failure?.message ?? null,
      sandbox_id: null,
      result: null,
    },
    effects: [{ type: "announce" }, ...dropSandbox(state)],
  };
}

function onCancel(state: RunState, event: RunInput & { type: "cancel" }, now: number): Step {
  if (state.phase === "ended") return stay(state);
  if (state.phase === "held" || state.phase === "resuming") return cancelHeld(state, now);
  const code = event.code ?? (state.phase === "waiting" ? "cancelled_queued" : "user_cancel");
  const noted = noteAttempt(state, { now, lost: false, code });
  return end(noted, { status: "cancelled", failure: buildFailure(code), outputs: {} }, now);
}

/** A wake-up asks: has the phase outlived its deadline, and is anything to be done again? */
function onWoke(state: RunState, { now, times }: Moment): Step {
  const lasted = now - state.phase_since;
  const project: RunEffect = { type: "project", attempt: state.attempt };
  switch (state.phase) {
    case "waiting":
      if (lasted >= times.queue_ms) return fail(state, buildFailure("queue_expired"), now);
      return stay(state, project, { type: "nudge" });
    case "launching":
      if (lasted >= times.launch_patience_ms) {
        return fail(state, buildFailure("e2b_sandbox_error", state.refused ?? undefined), now);
      }
      return now >= state.retry_at
        ? stay(state, project, { type: "launch", attempt: state.attempt })
        : stay(state, project);
    case "running":
      return stay(state, project, { type: "pull", attempt: state.attempt });
    case "finishing":
      if (lasted >= times.finish_ms) return fail(state, buildFailure("internal_error"), now);
      return stay(state, { type: "settle", attempt: state.attempt });
    case "backoff":
      return now >= state.retry_at ? startAttempt(state, now) : stay(state, project);
    case "held":
      return wakeHeld(state, now);
    case "resuming":
      if (lasted >= RESUME_MS) return fail(state, buildFailure("internal_error"), now);
      return stay(state, { type: "follow_up" });
    case "ended":
      return state.sandbox_id
        ? stay(state, { type: "conclude" }, { type: "kill", sandbox_id: state.sandbox_id })
        : stay(state, { type: "conclude" });
  }
}

/** Takes one event. Unknown, late and repeated events return the state unchanged. */
export function step(state: RunState, event: RunInput, moment: Moment): Step {
  const { now, times } = moment;
  switch (event.type) {
    case "go":
      return state.phase === "waiting" ? startAttempt(state, now) : stay(state);
    case "launched":
      return onLaunched(state, event, now);
    case "refused":
      return onRefused(state, event, moment);
    case "reported":
      return onReported(state, event, now);
    case "settled":
      return onSettled(state, event, moment);
    case "lost":
      return (state.phase === "running" || state.phase === "finishing") && state.attempt === event.attempt
        ? lose(state, event.code, now)
        : stay(state);
    case "expired":
      return state.phase === "running" && state.attempt === event.attempt && isOverdue(state, now, times)
        ? fail(state, buildFailure("timeout"), now)
        : stay(state);
    case "cancel":
      return onCancel(state, event, now);
    case "woke":
      return onWoke(state, moment);
    default:
      return stepHeld(state, event, now);
  }
}

/**
 * Has the script had its time? A last look at its journal comes before the verdict: the edge may have been away while
 * the script ended in good time.
 */
export function isOverdue(state: RunState, now: number, times: LifecycleTimes): boolean {
  return state.phase === "running" && now - state.phase_since >= times.run_ms;
}

/** When the run must be looked at again, epoch milliseconds; null once it has ended (its duties arm their own wake). */
export function nextWake(state: RunState, now: number, times: LifecycleTimes): number | null {
  const deadline = (ms: number) => state.phase_since + ms;
  switch (state.phase) {
    case "waiting":
      return Math.min(deadline(times.queue_ms), now + 300_000);
    case "launching":
      return Math.min(
        deadline(times.launch_patience_ms),
        Math.max(state.retry_at, now + (state.refusals === 0 ? times.silence_ms : 0)),
      );
    case "running":
      return now < deadline(times.run_ms)
        ? Math.min(deadline(times.run_ms), now + times.silence_ms)
        : now + times.silence_ms;
    case "finishing":
      return Math.min(deadline(times.finish_ms), now + times.silence_ms);
    case "backoff":
      return state.retry_at;
    case "held":
      return heldWake(state, now, times);
    case "resuming":
      return Math.min(deadline(RESUME_MS), now + 5000);
    case "ended":
      return null;
  }
}
