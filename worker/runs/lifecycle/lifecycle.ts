import { guessStart, noteAttempt } from "./attempt-times.ts";
import { noteFact } from "./note-fact.ts";
import { limits } from "#contract/limits";
import { buildFailure } from "#contract/runs/run-failure";
import type { FailureCodeName, RunFailure } from "#contract/runs/run-failure";
import { cancelHeld, closeInPlace, enterHold, handOnAgain, noteInPlace, stepHeld, wakeHeld } from "./hold.ts";
import type { HoldInput } from "./hold.ts";
import { GIVEN_UP } from "./given-up.ts";
import { findOverdue } from "./is-overdue.ts";
import { dropSandbox, endAndLeave, oweKill, repeatKills } from "./let-go.ts";
import type { When } from "./let-go.ts";
import { onBuilt, onCalled, onObtained, onRelaunching } from "./launch-number.ts";
import { RESUME_MS } from "./next-wake.ts";
import { launchDelayMs, launchEndsAt, patienceEndsAt } from "./patience.ts";
import { isFinalRefusal, noteWaiting } from "./refusal.ts";
import { retryDelayMs } from "./retry.ts";
import { needsNoPlace, statusOf } from "./run-status.ts";
import { addModelUse } from "./sandbox-cost.ts";
import type { Moment, RunEffect, RunInput, RunState, Step } from "./run-state.ts";
import type { RunOutcome } from "./run-outcome.ts";

/*
 * A run's life as a pure function: (state, event, now) -> the next state and the effects to perform.
 * What must stay true:
 *  - an ended run never changes;
 *  - an event of an attempt that is not the current one changes nothing (its sandbox, if any, is killed);
 *  - every phase has a deadline, and `nextWake` never lies after it;
 *  - effects may be performed twice (after a crash they are); each of them is a repeatable act.
 */

/** A run as it is accepted: waiting, or launching at once. Patience runs from `since`, when its queue had taken it. */
export function acceptRun(go: boolean, now: number, since: number = now): Step {
  const state: RunState = {
    phase: "waiting",
    attempt: 0,
    accepted_at: since,
    phase_since: since,
    started_at: null,
    attempt_started_at: null,
    ended_at: null,
    sandbox_id: null,
    launch: 1,
    sandbox_launch: null,
    spend_ms: null,
    retry_at: now,
    refusals: 0,
    refused: null,
    launching_since: null,
    failing_ms: 0,
    failing_since: null,
    asks_again_ms: null,
    owed_kills: [],
    sandbox_left: false,
    cancel_wished: false,
    paused_ms: 0,
    result: null,
    outcome: null,
    hold: null,
    answered: [],
    ran_ms: 0,
    held_ms: 0,
    model_nano_usd: 0,
    attempts: [],
  };
  return go ? startAttempt(state, now) : stay(state, { type: "announce" }, projectOf(state));
}

/** Brings the list row up to date. It says what it says, so that it is done once for each status. */
function projectOf(state: RunState): RunEffect {
  return { type: "project", attempt: state.attempt, status: statusOf(state) };
}

function startAttempt(state: RunState, now: number): Step {
  const attempt = state.attempt + 1;
  const next: RunState = {
    ...state,
    phase: "launching",
    attempt,
    attempt_started_at: null,
    phase_since: now,
    retry_at: now,
    refusals: 0,
    refused: null,
    launching_since: now,
    failing_ms: 0,
    // Until the provider says that it only has no room, a launch that brings nothing counts as failing.
    failing_since: now,
    asks_again_ms: null,
    sandbox_id: null,
    launch: 1,
    sandbox_launch: null,
    spend_ms: null,
    ran_ms: 0,
    answered: [],
    hold: state.hold?.in_place ? null : state.hold,
  };
  return { state: next, effects: [{ type: "announce" }, { type: "launch", attempt }, projectOf(next)] };
}

function end(state: RunState, outcome: RunOutcome, { now, times }: When): Step {
  return {
    state: {
      ...oweKill(state, { now, times }),
      phase: "ended",
      phase_since: now,
      ended_at: now,
      outcome,
      result: null,
    },
    effects: [{ type: "announce" }, { type: "conclude" }, ...dropSandbox(state)],
  };
}

function fail(state: RunState, failure: RunFailure, when: When): Step {
  return end(state, { status: "failed", failure, outputs: {} }, when);
}

const stay = (state: RunState, ...effects: RunEffect[]): Step => ({ state, effects });

/** The platform lost the attempt: another one, while its own budget lasts; the author's retries are not touched. */
function lose(state: RunState, code: FailureCodeName, when: When): Step {
  const { now } = when;
  const noted = noteAttempt(state, { now, lost: true, code });
  const losses = noted.attempts.filter((attempt) => attempt.lost).length;
  if (losses >= limits.platform_attempts.value) return fail(noted, buildFailure(code), when);
  const next = startAttempt({ ...oweKill(noted, when), result: null }, now);
  return { state: next.state, effects: [...dropSandbox(state), ...next.effects] };
}

function onLost(state: RunState, event: RunInput & { type: "lost" }, when: When): Step {
  const isUnderWay = state.phase === "launching" || state.phase === "running" || state.phase === "finishing";
  return isUnderWay && state.attempt === event.attempt ? lose(state, event.code, when) : stay(state);
}

function onLaunched(state: RunState, event: RunInput & { type: "launched" }, now: number): Step {
  const isCurrent = state.attempt === event.attempt;
  if (isCurrent && state.phase === "running") return stay(state);
  const found = { sandbox_id: event.sandbox_id, sandbox_launch: event.launch };
  const isNoted = state.sandbox_id === event.sandbox_id && state.sandbox_launch === event.launch;
  if (isCurrent && (state.phase === "finishing" || state.sandbox_left))
    return stay(isNoted ? state : { ...state, ...found });
  if (!isCurrent || state.phase !== "launching")
    return stay(state, { type: "kill", sandbox_id: event.sandbox_id });
  const next: RunState = {
    ...state,
    phase: "running",
    phase_since: now,
    attempt_started_at: now,
    started_at: state.started_at ?? now,
    ...found,
    spend_ms: event.spend_ms ?? null,
    refused: null,
    asks_again_ms: null,
  };
  return { state: next, effects: [{ type: "announce" }, ...projectIfOther(state, next)] };
}

/** Lists show a run that waits for room as queued, and that costs a row only where it is so. */
function projectIfOther(before: RunState, after: RunState): RunEffect[] {
  return statusOf(before) === statusOf(after) ? [] : [projectOf(after)];
}

/** Gives a launch up: it has failed for too long, or there has been no room for too long. */
function giveUpLaunch(state: RunState, message: string | null, when: When): Step {
  const code = state.failing_since === null ? "queue_expired" : "e2b_sandbox_error";
  return fail(state, buildFailure(code, message ?? undefined), when);
}

function onRefused(state: RunState, event: RunInput & { type: "refused" }, when: When): Step {
  if (state.phase !== "launching" || state.attempt !== event.attempt) return stay(state);
  const { now, times } = when;
  if (isFinalRefusal(state, event)) return fail(state, buildFailure(event.code, event.message), when);
  const noted = event.waits
    ? noteWaiting(state, now)
    : { ...state, failing_since: state.failing_since ?? now };
  if (now >= launchEndsAt(noted, times)) {
    const code = event.waits ? "queue_expired" : event.code;
    return fail(noted, buildFailure(code, event.message), when);
  }
  const asksAgainMs = event.asks_again_ms ?? null;
  const said = state.refused === event.message;
  // It is on the record already, and that it has asked once more changes nothing.
  if (said && asksAgainMs !== null && state.asks_again_ms === asksAgainMs) return stay(state);
  const next: RunState = {
    ...noted,
    refusals: state.refusals + 1,
    // The next try's number costs no write of its own.
    launch: event.launch === state.launch ? state.launch + 1 : state.launch,
    refused: event.message,
    asks_again_ms: asksAgainMs,
    retry_at: now + launchDelayMs(state.refusals, event.retry_after_ms),
  };
  const project = projectIfOther(state, next);
  // What the row is to say is told as well: by the number of that event the newer of two rows is known.
  const announce: RunEffect[] = said && project.length === 0 ? [] : [{ type: "announce" }];
  return { state: next, effects: [...announce, ...project] };
}

function onReported(state: RunState, event: RunInput & { type: "reported" }, now: number): Step {
  const isHeld = state.phase === "held" && state.hold?.in_place !== undefined;
  const live = state.phase === "running" || state.phase === "launching" || isHeld;
  if (!live || state.attempt !== event.attempt) return stay(state);
  return stay(
    {
      ...closeInPlace(state, now),
      phase: "finishing",
      phase_since: now,
      started_at: state.started_at ?? now,
      attempt_started_at: state.attempt_started_at ?? guessStart(state, event.result, now),
      result: event.result,
      ...addModelUse(state, event.result.usage),
    },
    { type: "settle", attempt: state.attempt },
    ...(isHeld ? noteInPlace(state) : []),
  );
}

/** The attempt's end is the run's end, unless the manifest gives a failure another try. */
function onSettled(state: RunState, event: RunInput & { type: "settled" }, moment: Moment): Step {
  if (state.phase !== "finishing" || state.attempt !== event.attempt) return stay(state);
  const { now, times, retry, jitter } = moment;
  const { failure } = event.outcome;
  const noted = noteAttempt(state, { now, lost: false, code: failure?.code ?? null });
  const delay = failure ? retryDelayMs(retry, failure, { attempts: noted.attempts, jitter }) : null;
  if (delay === null) {
    const mayLeave = moment.reuse === true && state.launch === 1 && event.outcome.status === "completed";
    if (mayLeave && !event.hold) return endAndLeave(noted, event.outcome, now);
    return event.hold
      ? enterHold(oweKill(noted, { now, times }), event.hold, now)
      : end(noted, event.outcome, { now, times });
  }
  return {
    state: {
      ...oweKill(noted, { now, times }),
      phase: "backoff",
      phase_since: now,
      retry_at: now + delay,
      refused: failure?.message ?? null,
      sandbox_id: null,
      result: null,
    },
    effects: [{ type: "announce" }, ...dropSandbox(state), ...noteInPlace(state)],
  };
}

function onCancel(state: RunState, event: RunInput & { type: "cancel" }, when: When): Step {
  const { now } = when;
  if (state.phase === "ended") return stay(state);
  if (state.phase === "held" || state.phase === "resuming") return cancelHeld(state, now);
  const code = event.code ?? (state.phase === "waiting" ? "cancelled_queued" : "user_cancel");
  const noted = noteAttempt(state, { now, lost: false, code });
  return end(noted, { status: "cancelled", failure: buildFailure(code), outputs: {} }, when);
}

/** The queue has put on record that the run has failed: the run ends as that says. One that has ended, or waits for people, stays. */
function onGivenUp(state: RunState, when: When): Step {
  if (needsNoPlace(state)) return stay(state);
  const noted = noteAttempt(state, { now: when.now, lost: false, code: "internal_error" });
  return fail(noted, buildFailure("internal_error", GIVEN_UP), when);
}

/** The script's time is over, or what may be spent on it. */
function onExpired(state: RunState, event: RunInput & { type: "expired" }, when: When): Step {
  const code = state.attempt === event.attempt ? findOverdue(state, when.now, when.times) : null;
  return code === null ? stay(state) : fail(state, buildFailure(code), when);
}

function onWaited(state: RunState, event: RunInput & { type: "waited" }, when: When): Step {
  if (state.phase !== "waiting") return stay(state);
  const next = { ...state, paused_ms: Math.max(state.paused_ms, event.paused_ms) };
  return when.now >= patienceEndsAt(next, when.times)
    ? fail(next, buildFailure("queue_expired"), when)
    : stay(next);
}

/** How long a run whose patience is over waits for its queue to say whether the worker was paused. */
const UNANSWERED_MS = 86_400_000;

/** A wake-up asks: has the phase outlived its deadline, and is anything to be done again? */
function onWoke(state: RunState, when: When): Step {
  const next = wakePhase(state, when);
  return { ...next, effects: [...next.effects, ...repeatKills(state, when.now)] };
}

function wakePhase(state: RunState, when: When): Step {
  const { now, times } = when;
  const lasted = now - state.phase_since;
  const project = projectOf(state);
  switch (state.phase) {
    case "waiting":
      if (now >= patienceEndsAt(state, times) + UNANSWERED_MS)
        return fail(state, buildFailure("queue_expired"), when);
      // Only the queue knows whether all that time counts.
      if (now >= patienceEndsAt(state, times)) return stay(state, { type: "ask_pause" });
      return stay(state, project, { type: "nudge" });
    case "launching":
      if (now >= launchEndsAt(state, times)) return giveUpLaunch(state, state.refused, when);
      return now >= state.retry_at || state.asks_again_ms !== null
        ? stay(state, project, { type: "launch", attempt: state.attempt })
        : stay(state, project);
    case "running":
      return stay(state, project, { type: "pull", attempt: state.attempt }, ...handOnAgain(state));
    case "finishing":
      if (lasted >= times.finish_ms) return fail(state, buildFailure("internal_error"), when);
      return stay(state, { type: "settle", attempt: state.attempt });
    case "backoff":
      return now >= state.retry_at ? startAttempt(state, now) : stay(state, project);
    case "held":
      return wakeHeld(state, now);
    case "resuming":
      // Whatever became of the follow-up: the record of a cancelled run lets it act on nothing.
      if (state.cancel_wished && lasted >= RESUME_MS) return stepHeld(state, { type: "revoked" }, now);
      if (state.cancel_wished) return stay(state, { type: "revoke" });
      if (lasted >= RESUME_MS) return fail(state, buildFailure("internal_error"), when);
      return stay(state, { type: "follow_up" });
    case "ended":
      return stay(state, { type: "conclude" });
  }
}

type LaunchInput = RunInput & { type: "waited" | "relaunching" | "obtained" | "launched" | "refused" };

/** What is heard while a sandbox is got and started; anything else is for a run that waits for people. */
function stepLaunch(state: RunState, event: LaunchInput | HoldInput, when: When): Step {
  switch (event.type) {
    case "waited":
      return onWaited(state, event, when);
    case "relaunching":
      return onRelaunching(state, event);
    case "obtained":
      return onObtained(state, event);
    case "launched":
      return onLaunched(state, event, when.now);
    case "refused":
      return onRefused(state, event, when);
    default:
      return stepHeld(state, event, when.now);
  }
}

/** Takes one event. Unknown, late and repeated events return the state unchanged. */
export function step(state: RunState, event: RunInput, moment: Moment): Step {
  const { now, times } = moment;
  switch (event.type) {
    case "go":
      return state.phase === "waiting" ? startAttempt(state, now) : stay(state);
    case "given_up":
      return onGivenUp(state, { now, times });
    case "built":
      return onBuilt(state, event, now);
    case "called":
      return onCalled(state);
    case "mounted":
    case "wrote":
    case "charged":
      return stay(noteFact(state, event));
    case "reported":
      return onReported(state, event, now);
    case "settled":
      return onSettled(state, event, moment);
    case "lost":
      return onLost(state, event, { now, times });
    case "expired":
      return onExpired(state, event, { now, times });
    case "cancel":
      return onCancel(state, event, { now, times });
    case "woke":
      return onWoke(state, { now, times });
    default:
      return stepLaunch(state, event, { now, times });
  }
}
