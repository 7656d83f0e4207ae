import { limits } from "#contract/limits";
import type { LifecycleTimes, RunPhase } from "../../worker/runs/lifecycle/run-state.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The longest wait between two tries of what fails, with its spread. */
const LONGEST_WAIT = 1.25 * HOUR;

/** What a bound depends on besides the times of the version, in milliseconds. */
interface Waits {
  /** How long the worker has been paused. */
  pausedMs: number;
  /** How long people may take. */
  heldMs: number;
}

/** How long a phase of a run may last, whatever fails and for however long. Milliseconds. */
export function boundOf(phase: RunPhase, times: LifecycleTimes, { pausedMs, heldMs }: Waits): number {
  switch (phase) {
    case "waiting":
      // Whether its time is over is asked for a day.
      return times.queue_ms + pausedMs + DAY + LONGEST_WAIT;
    case "launching":
      return Math.max(times.queue_ms + pausedMs, times.launch_patience_ms);
    case "running":
      return times.run_ms + times.finish_ms;
    case "finishing":
      return times.finish_ms;
    case "backoff":
      return LONGEST_WAIT;
    case "held":
      return heldMs;
    case "resuming":
      return limits.idempotency_seconds.value * 1000 + LONGEST_WAIT;
    case "ended":
      return Infinity;
  }
}
