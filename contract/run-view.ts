import type { Artifact, RunStatus } from "./run.ts";
import type { RunEvent } from "./run-event.ts";
import type { RunFailure } from "./run-failure.ts";

/**
 * A run as its events tell it, for whoever follows one: the web page and the command line. Log lines are not kept here,
 * because a log may be far larger than what a reader wants to hold; each reader takes them from the events.
 */
export interface RunView {
  status: RunStatus;
  attempt: number;
  why_waiting: string | null;
  error: string | null;
  failure: RunFailure | null;
  completed_at: string | null;
  duration_ms: number | null;
  progress: { percent: number | null; message: string | null } | null;
  artifacts: readonly Artifact[];
  /** The last event that was taken in; a stream is continued after it with `Last-Event-ID`. */
  last_seq: number;
  /** The stream has said that nothing more will come. */
  closed: boolean;
}

/** A run before its first event. */
export const emptyRunView: RunView = {
  status: "queued",
  attempt: 0,
  why_waiting: null,
  error: null,
  failure: null,
  completed_at: null,
  duration_ms: null,
  progress: null,
  artifacts: [],
  last_seq: 0,
  closed: false,
};

/** Takes one event in. An event that was taken in before changes nothing, so a repeated stream is harmless. */
export function reduceRunView(view: RunView, event: RunEvent): RunView {
  if (event.seq <= view.last_seq) return view;
  const next = { ...view, last_seq: event.seq };
  switch (event.type) {
    case "status": {
      const { status, attempt, why_waiting, error, failure, completed_at, duration_ms } = event;
      return { ...next, status, attempt, why_waiting, error, failure, completed_at, duration_ms };
    }
    case "log":
      return next;
    case "progress":
      return { ...next, progress: { percent: event.percent, message: event.message } };
    case "artifact":
      return {
        ...next,
        artifacts: [...view.artifacts.filter(({ id }) => id !== event.artifact.id), event.artifact],
      };
    case "close":
      return { ...next, status: event.status, closed: true };
  }
}
