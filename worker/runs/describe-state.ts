import type { RunStatus } from "#contract/run";
import type { RunState } from "./run-state.ts";

/** The status people see. */
export function statusOf(state: RunState): RunStatus {
  if (state.outcome) return state.outcome.status;
  return state.phase === "waiting" || state.phase === "backoff" ? "queued" : "running";
}

/** What the run waits for, in words; null once it has ended. */
export function whyWaiting(state: RunState): string | null {
  switch (state.phase) {
    case "waiting":
      return "Waiting for its turn: the worker runs as many runs at a time as it may.";
    case "launching":
      return state.refused ? `Waiting for a sandbox: ${state.refused}` : "Starting a sandbox.";
    case "running":
      return "Waiting for the script to end.";
    case "finishing":
      return "Collecting the results.";
    case "backoff":
      return `Waiting until ${new Date(state.retry_at).toISOString()} to try again: ${state.refused ?? ""}`;
    case "ended":
      return null;
  }
}
