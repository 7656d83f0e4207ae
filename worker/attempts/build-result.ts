import type { RunnerResult } from "#contract/runner/runner";

/** The result of an attempt that needed no sandbox; `told` is what it says besides, a success when nothing. Pure. */
export function buildEdgeResult(
  { now, wallMs }: { now: number; wallMs: number },
  told: Partial<RunnerResult>,
): RunnerResult {
  return {
    type: "result",
    at: now,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: null,
    outputs: null,
    usage: { wall_ms: Math.max(0, Math.round(wallMs)), cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
    ...told,
  };
}
