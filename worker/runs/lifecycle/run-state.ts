import { limits } from "#contract/limits";
import type { FailureCodeName } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";
import type { Hold, VoteRecord } from "./hold-state.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** `backoff`: the last attempt failed, the next one has not begun. */
export type RunPhase =
  "waiting" | "launching" | "running" | "finishing" | "backoff" | "held" | "resuming" | "ended";

/** An attempt that is over. `lost`: the platform's fault, on the platform's budget; otherwise the author's. */
export interface AttemptRecord {
  attempt: number;
  started_at: number | null;
  ended_at: number;
  lost: boolean;
  code: string | null;
}

/** When a failed attempt is followed by another one, as the manifest says. */
export interface RetryRule {
  /** Attempts in all, lost ones not counted. */
  max_attempts: number;
  delay_ms: number;
  /** `fixed`: always the same delay; `exponential`: twice as long each time, up to an hour. */
  backoff: "fixed" | "exponential";
  /** What holds for a failure of this code instead of the above. */
  rules?: Readonly<Record<string, Pick<RetryRule, "max_attempts" | "delay_ms" | "backoff">>>;
  /** Codes of failures that are tried again; "all" for every failure that is not a decision of somebody. */
  on: readonly string[];
}

export interface RunState {
  phase: RunPhase;
  /** The current attempt, from 1; 0 while the run waits for its turn. */
  attempt: number;
  accepted_at: number;
  /** Since when the current phase lasts. */
  phase_since: number;
  /** When the first sandbox had started. */
  started_at: number | null;
  /** When the sandbox of the current attempt had started. */
  attempt_started_at: number | null;
  ended_at: number | null;
  sandbox_id: string | null;
  /** Launching and backoff: not before this. */
  retry_at: number;
  refusals: number;
  /** Launching: why the last try was turned down; backoff: how the last attempt failed. In words. */
  refused: string | null;
  /** Launching: since when there has been no room for another sandbox. */
  no_room_since?: number | null;
  result: RunnerResult | null;
  outcome: RunOutcome | null;
  /** What the run asked after its script had ended, and the answer. */
  hold?: Hold;
  /** Attempts that are over, oldest first. */
  attempts: AttemptRecord[];
}

export type RunInput =
  | { type: "go" }
  | { type: "launched"; attempt: number; sandbox_id: string }
  | {
      type: "refused";
      attempt: number;
      code: FailureCodeName;
      message: string;
      retry_after_ms: number | null;
      /** No room for another sandbox: that is a wait and no failure. */
      waits?: boolean;
    }
  | { type: "reported"; attempt: number; result: RunnerResult }
  | { type: "settled"; attempt: number; outcome: RunOutcome; hold?: Hold }
  | { type: "voted"; vote: VoteRecord; follow_up_run_id: string }
  | { type: "lapsed"; follow_up_run_id: string }
  | { type: "resumed"; payload: unknown; follow_up_run_id: string }
  | { type: "parked" }
  | { type: "followed_up" }
  | { type: "lost"; attempt: number; code: FailureCodeName }
  | { type: "expired"; attempt: number }
  | { type: "cancel"; code?: FailureCodeName }
  | { type: "woke" };

export type RunEffect =
  | { type: "launch"; attempt: number }
  | { type: "settle"; attempt: number }
  | { type: "pull"; attempt: number }
  | { type: "nudge" }
  | { type: "kill"; sandbox_id: string }
  | { type: "kill_attempt"; attempt: number }
  | { type: "announce" }
  | { type: "project"; attempt: number }
  | { type: "park" }
  | { type: "note"; votes: number }
  | { type: "lapse" }
  | { type: "follow_up" }
  | { type: "conclude" };

export interface Step {
  state: RunState;
  effects: RunEffect[];
}

/** How long each phase may last. Milliseconds. */
export interface LifecycleTimes {
  queue_ms: number;
  launch_patience_ms: number;
  /** Install, run and collect together. */
  run_ms: number;
  finish_ms: number;
  /** How long a run may be silent before its journal is fetched. */
  silence_ms: number;
}

/** When an event is taken, how long phases may last, and what follows a failure. */
export interface Moment {
  now: number;
  times: LifecycleTimes;
  retry: RetryRule | null;
  /** A number in [0, 1) that spreads retries over time. */
  jitter: number;
}

/** The times of a run, from its version's limits. */
export function buildTimes(spec: {
  timeout_seconds: number;
  install_timeout_seconds: number;
  queue_ttl_seconds: number;
}): LifecycleTimes {
  const seconds = spec.timeout_seconds + spec.install_timeout_seconds + limits.run_grace_seconds.value;
  return {
    queue_ms: spec.queue_ttl_seconds * 1000,
    launch_patience_ms: limits.launch_patience_seconds.value * 1000,
    run_ms: seconds * 1000,
    finish_ms: limits.finish_seconds.value * 1000,
    silence_ms: 30_000,
  };
}
