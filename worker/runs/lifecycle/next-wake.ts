import { limits } from "#contract/limits";
import { backoffMs } from "./backoff.ts";
import { heldWake } from "./hold.ts";
import { launchEndsAt, patienceEndsAt } from "./patience.ts";
import { spendEndsAt } from "./sandbox-cost.ts";
import type { LifecycleTimes, RunState } from "./run-state.ts";

/** How long a follow-up run is offered to the queue: as long as the queue remembers the key it is offered under. */
export const RESUME_MS = limits.idempotency_seconds.value * 1000;
/** A run that waits asks its queue so often to look again. */
const NUDGE_MS = 3_600_000;
/** However long a script has been running, it is looked at this often. */
const MOST_WATCH_MS = 1_800_000;

/**
 * How long a running script is left alone: three times as long as it has run already. What was lost without a word is then found
 * before the run has taken four times its time, and a long run is not looked into over and over.
 */
function watchMs(ranMs: number, { silence_ms }: LifecycleTimes): number {
  return Math.max(silence_ms, Math.min(MOST_WATCH_MS, 3 * ranMs));
}

/** One that is called when it may go on asks by itself ever more seldom: each time may cost rows, and calls are seldom lost. */
function launchWake(state: RunState, now: number, { silence_ms }: LifecycleTimes): number {
  const { asks_again_ms, launching_since, phase_since, retry_at } = state;
  const waitedMs = now - (launching_since ?? phase_since);
  if (asks_again_ms !== null) return now + Math.max(asks_again_ms, Math.min(MOST_WATCH_MS, waitedMs));
  // While a launch is under way, what it may take is waited for.
  return retry_at > now ? retry_at : now + silence_ms;
}

/**
 * When a waiting run asks whether its time is over: at that time, and then ever more seldom, for nobody may answer, and
 * while the worker is paused the end of its patience recedes as fast as time passes.
 */
function askAt(state: RunState, now: number, times: LifecycleTimes): number {
  const overMs = now - patienceEndsAt({ ...state, paused_ms: 0 }, times);
  const again = overMs < 0 ? 0 : now + backoffMs(overMs, 0);
  return Math.max(patienceEndsAt(state, times), again);
}

/** By then whatever was asked of the provider has come through, or never will. */
const LATE_CALL_MS = 300_000;

/**
 * A run that has just ended is looked at once more, should the object go away before its duties are done; those that fail
 * arm wakes of their own. One that was launched more than once, or ended while it launched, is looked at again later: a call of a try that nobody
 * waited for any more may have made a sandbox meanwhile, which would be idle until its own life is over.
 */
function endedWake(state: RunState, now: number, { silence_ms }: LifecycleTimes): number | null {
  const { phase_since } = state;
  if (now < phase_since + silence_ms) return phase_since + silence_ms;
  return mayHaveMore(state) && now < phase_since + LATE_CALL_MS ? phase_since + LATE_CALL_MS : null;
}

/** Whether an ended run may have a sandbox that nobody knows of. */
export function mayHaveMore({ attempt, launch, sandbox_id }: RunState): boolean {
  return attempt > 0 && (launch > 1 || sandbox_id === null);
}

/** Its end in time and in money is looked for when it comes; where the verdict is late, again and again. */
function runningWake(state: RunState, now: number, times: LifecycleTimes): number {
  const endsAt = Math.min(state.phase_since + times.run_ms, spendEndsAt(state));
  if (now >= endsAt) return now + times.silence_ms;
  return Math.min(endsAt, now + watchMs(now - state.phase_since, times));
}

/** When the run must be looked at again, epoch milliseconds. Null when nothing is awaited. */
export function nextWake(state: RunState, now: number, times: LifecycleTimes): number | null {
  const deadline = (ms: number) => state.phase_since + ms;
  switch (state.phase) {
    case "waiting":
      // The queue looks after itself; the nudge is for a queue whose own alarm was lost.
      return Math.min(askAt(state, now, times), now + NUDGE_MS);
    case "launching":
      return Math.min(launchEndsAt(state, times), launchWake(state, now, times));
    case "running":
      return runningWake(state, now, times);
    case "finishing":
      return Math.min(deadline(times.finish_ms), now + times.silence_ms);
    case "backoff":
      return state.retry_at;
    case "held":
      return heldWake(state, now, times);
    case "resuming": {
      const again = now + backoffMs(now - state.phase_since, 0);
      return now < deadline(RESUME_MS) ? Math.min(deadline(RESUME_MS), again) : again;
    }
    case "ended":
      return endedWake(state, now, times);
  }
}
