import type { RunStatus } from "#contract/runs/run";

/** Each status in words. */
export const statusWords: Record<RunStatus, string> = {
  queued: "Queued",
  running: "Running",
  pending_approval: "Waiting for approval",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** A run's status as a word in a pill; the colour repeats the word and never stands alone. */
export function StatusPill({ status }: { status: RunStatus }) {
  return <span className={`pill pill-${status}`}>{statusWords[status]}</span>;
}
