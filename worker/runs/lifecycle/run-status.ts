import type { RunStatus } from "#contract/runs/run";
import type { RunState } from "./run-state.ts";

function describeHold(hold: RunState["hold"]): string {
  if (!hold) return "Waiting for a decision.";
  const until = new Date(hold.expires_at).toISOString();
  if (hold.kind === "await_external") return `Waiting until ${until} for something outside: ${hold.label}`;
  const share =
    hold.approvers_needed > 1 ? ` (${hold.votes.length} of ${hold.approvers_needed} have approved)` : "";
  return `Waiting until ${until} for approval: ${hold.label}${share}`;
}

/** The status people see. */
export function statusOf(state: RunState): RunStatus {
  if (state.outcome) return state.outcome.status;
  if (state.phase === "held" || state.phase === "resuming") return "pending_approval";
  if (state.phase === "launching" && state.failing_since === null) return "queued";
  return state.phase === "waiting" || state.phase === "backoff" ? "queued" : "running";
}

/** The script has ended for good: the run needs neither sandbox nor a place in the queue any more. */
export function needsNoPlace(state: RunState): boolean {
  if (state.phase === "held") return state.hold?.in_place === undefined;
  return state.phase === "ended" || state.phase === "resuming";
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
    case "held":
      return describeHold(state.hold);
    case "resuming":
      return "Decided: handing on to the follow-up run.";
    case "ended":
      return null;
  }
}
