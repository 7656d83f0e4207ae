import type { RunnerResult } from "#contract/runner/runner";
import { acceptRun } from "../../worker/runs/lifecycle/lifecycle.ts";
import type { LifecycleTimes, RunPhase, RunState } from "../../worker/runs/lifecycle/run-state.ts";

export const times: LifecycleTimes = {
  queue_ms: 1_000_000,
  launch_patience_ms: 60_000,
  run_ms: 100_000,
  finish_ms: 80_000,
  silence_ms: 30_000,
  sandbox_life_ms: 200_000,
};

export const result = {
  type: "result",
  outcome: "success",
  usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
} as RunnerResult;
export const completed = { status: "completed" as const, failure: null, outputs: { a: 1 } };

/** A run in a phase since 1000, as the events before it leave it. */
export function inPhase(phase: RunPhase, change: Partial<RunState> = {}): RunState {
  const launching = acceptRun(true, 1000).state;
  const base: Record<RunPhase, Partial<RunState>> = {
    waiting: { attempt: 0 },
    launching: {},
    running: { sandbox_id: "s1", started_at: 900, attempt_started_at: 950 },
    finishing: { sandbox_id: "s1", started_at: 900, attempt_started_at: 950, result },
    backoff: { retry_at: 6000, refused: "it broke" },
    held: {},
    resuming: {},
    ended: { ended_at: 1000, outcome: completed },
  };
  return { ...launching, phase, ...base[phase], ...change };
}
