import type { PublicRun } from "#contract/shares/share";
import type { RunDetail } from "#contract/runs/run";
import type { RunFailure } from "#contract/runs/run-failure";

/** Why a visitor has no result, in words that tell nothing of the inside: whose turn it is, and what they can do. */
const byKind: Record<RunFailure["kind"], string> = {
  worker: "The app could not finish this. Other inputs may do.",
  limit: "This took more time or space than the app may use. Smaller inputs may do.",
  policy: "The app may not do this.",
  cancelled: "This was stopped.",
  platform: "Something broke on our side. Try again.",
};

/** What a visitor is told of a run that has not come to a result; null where there is nothing to tell. Pure. */
export function tellFailure({ status, failure }: Pick<RunDetail, "status" | "failure">): string | null {
  if (status === "cancelled") return byKind.cancelled;
  if (status === "pending_approval") return "A person has to agree first. This page shows when they have.";
  if (status !== "failed") return null;
  return byKind[failure?.kind ?? "platform"];
}

/**
 * A run as a stranger sees it: what came out and how far it is. Its inputs, log, errors, version, attempts and owner are
 * left out, because this names what is shown and nothing else. Pure.
 */
export function showRun(run: RunDetail): PublicRun {
  const hasEnded = run.status === "completed";
  return {
    id: run.id,
    status: run.status,
    progress: run.progress,
    partial: run.status === "running" ? (run.partial ?? null) : null,
    message: tellFailure(run),
    created_at: run.created_at,
    completed_at: run.completed_at,
    outputs: hasEnded ? run.outputs : {},
    action: run.action,
    files: hasEnded
      ? run.artifacts.map(({ id, path, type, size_bytes }) => ({
          id,
          name: path.split("/").pop() ?? path,
          path,
          type,
          size_bytes,
        }))
      : [],
  };
}
