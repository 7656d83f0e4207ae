import { foldPartial } from "./fold-partial.ts";
import type { StageView } from "../pipelines/stage.ts";
import type { PartialOutput } from "./partial.ts";
import type { Artifact, LogLine, RunStatus } from "./run.ts";
import { isTerminal } from "./run.ts";
import { isAgentPart } from "../agents/agent-part.ts";
import { linesOf } from "./run-event.ts";
import type { RunEvent } from "./run-event.ts";
import type { RunFailure } from "./run-failure.ts";

/** What a screen shows of a run while it follows the run's events. Never changed in place. */
export interface RunScreen {
  status: RunStatus;
  attempt: number;
  /** What the run waits for, in words; null while it works and once it has ended. */
  whyWaiting: string | null;
  error: string | null;
  failure: RunFailure | null;
  completedAt: string | null;
  durationMs: number | null;
  progress: { percent: number | null; message: string | null } | null;
  /** The newest of what its function has handed back piece by piece; null while there is nothing of the kind. */
  partial: PartialOutput | null;
  /** The stages of a pipeline as they are now; null while nothing was told of any. */
  stages: readonly StageView[] | null;
  /** What the run asks people, and their answer; null when it has asked nothing. */
  approval: {
    id: string;
    label: string;
    decision: "approved" | "rejected" | "expired" | null;
    reason: string | null;
    followUpRunId: string | null;
  } | null;
  /** The newest lines, one entry a line, oldest first. */
  lines: readonly LogLine[];
  /** How many older lines were let go to stay below `keepLines`. */
  droppedLines: number;
  /** How often something was told of an agent's turns and of tools: what it asked of them is news each time. */
  toolNews: number;
  /** Files by their path, in the order they came; a later one of the same path replaces the earlier. */
  artifacts: readonly Artifact[];
  /** Send as `Last-Event-ID` to go on after the last event seen; 0 when there was none. */
  lastSeq: number;
  /** No event will follow. */
  isClosed: boolean;
}

/** The screen before the first event. */
export const emptyRunScreen: RunScreen = {
  status: "queued",
  attempt: 0,
  whyWaiting: null,
  error: null,
  failure: null,
  completedAt: null,
  durationMs: null,
  progress: null,
  partial: null,
  stages: null,
  approval: null,
  lines: [],
  droppedLines: 0,
  toolNews: 0,
  artifacts: [],
  lastSeq: 0,
  isClosed: false,
};

/** As many lines as a browser can hold without effort. */
const DEFAULT_KEEP_LINES = 20_000;

/**
 * Folds events into the view, in the order of their `seq`. An event seen before (its `seq` is not above `lastSeq`)
 * changes nothing, so that a stream may be read again from anywhere. Hand over a batch at once when there is one:
 * the lines are copied once a call.
 */
export function applyRunEvents(
  view: RunScreen,
  events: readonly RunEvent[],
  { keepLines = DEFAULT_KEEP_LINES }: { keepLines?: number } = {},
): RunScreen {
  let next = view;
  const fresh: LogLine[] = [];
  for (const event of events) {
    if (event.seq <= next.lastSeq) continue;
    fresh.push(...linesOf(event));
    const toolNews = next.toolNews + (isToolNews(event) ? 1 : 0);
    next = { ...applyToState(next, event), toolNews, lastSeq: event.seq };
  }
  return fresh.length === 0 ? next : addLines(next, fresh, keepLines);
}

function applyToState(view: RunScreen, event: RunEvent): RunScreen {
  switch (event.type) {
    case "status":
      return {
        ...view,
        status: event.status,
        attempt: event.attempt,
        whyWaiting: isTerminal(event.status) ? null : event.why_waiting,
        error: event.error,
        failure: event.failure,
        completedAt: event.completed_at,
        durationMs: event.duration_ms,
        // A new attempt starts from nothing; what the lost one had reported is no longer true.
        progress: event.attempt > view.attempt ? null : view.progress,
        partial: event.attempt > view.attempt || event.status === "completed" ? null : view.partial,
        approval: event.approval_id ? askedBy(event.approval_id, event.label) : view.approval,
      };
    case "approval_decided":
      return {
        ...view,
        approval: {
          ...(view.approval ?? askedBy(event.approval_id, null)),
          decision: event.decision,
          reason: event.reason,
          followUpRunId: event.follow_up_run_id,
        },
      };
    case "progress":
      return { ...view, progress: { percent: event.percent, message: event.message } };
    case "partial":
      return { ...view, partial: foldPartial(view.partial, event) };
    case "stages":
      return { ...view, stages: event.stages };
    case "artifact": {
      const others = view.artifacts.filter(({ path }) => path !== event.artifact.path);
      return { ...view, artifacts: [...others, event.artifact] };
    }
    case "close":
      return { ...view, status: event.status, isClosed: true };
    // What else is told is lines of the log.
    default:
      return view;
  }
}

/** Whether an event may be about a call of a tool: an agent's part, or a line that is the platform's word. */
const isToolNews = (event: RunEvent): boolean =>
  isAgentPart(event) || (event.type === "log" && event.stream === "system");

function askedBy(id: string, label: string | null | undefined): NonNullable<RunScreen["approval"]> {
  return { id, label: label ?? "", decision: null, reason: null, followUpRunId: null };
}

function addLines(view: RunScreen, fresh: LogLine[], keepLines: number): RunScreen {
  const all = [...view.lines, ...fresh];
  const surplus = Math.max(0, all.length - keepLines);
  return { ...view, lines: all.slice(surplus), droppedLines: view.droppedLines + surplus };
}
