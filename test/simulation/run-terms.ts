import type { RunnerResult } from "#contract/runner/runner";
import type { LifecycleTimes, RetryRule } from "../../worker/runs/lifecycle/run-state.ts";

// What the version of the run in RunWorld says, what its scripts report, and what may fail in that world.

export const times: LifecycleTimes = {
  queue_ms: 600_000,
  launch_patience_ms: 60_000,
  run_ms: 120_000,
  finish_ms: 60_000,
  silence_ms: 30_000,
  sandbox_life_ms: 300_000,
};

export const retry: RetryRule = {
  max_attempts: 3,
  delay_ms: 20_000,
  backoff: "exponential",
  on: ["execution_error"],
};

export const result: RunnerResult = {
  type: "result",
  at: 0,
  outcome: "success",
  error_code: null,
  error: null,
  error_raw: null,
  exit_code: 0,
  outputs: {},
  usage: { wall_ms: 1, cpu_ms: 1, max_memory_bytes: 1, log_bytes: 0 },
};

/** What may fail for ever. */
export const duties = [
  "ask_pause",
  "conclude",
  "revoke",
  "follow_up",
  "settle",
  "kill",
  "launch",
  "pull",
  "park",
] as const;
export type Duty = (typeof duties)[number];
