import type { RunAttempt, RunDetail } from "#contract/runs/run";
import { formatDuration } from "#contract/words";

export interface Span {
  label: string;
  note: string;
  kind: "wait" | "work" | "bad" | "ask";
  /** Milliseconds after the run was accepted. */
  from: number;
  /** Null while it goes on. */
  to: number | null;
}

function noteOf({ ended_at: end, lost, error_code: code }: RunAttempt): string {
  if (lost) return "Lost by the platform";
  if (code !== null) return "Failed";
  return end === null ? "Under way" : "Went well";
}

function attemptSpan(start: number, attempt: RunAttempt, isOnly: boolean): Span[] {
  if (attempt.started_at === null) return [];
  const { ended_at: end, lost, error_code: code } = attempt;
  const note = noteOf(attempt);
  return [
    {
      label: isOnly ? "At work" : `Attempt ${attempt.attempt}`,
      note,
      kind: lost || code !== null ? "bad" : "work",
      from: Date.parse(attempt.started_at) - start,
      to: end === null ? null : Date.parse(end) - start,
    },
  ];
}

/** What a run did when, from its being accepted on. Pure. */
export function timelineOf(
  detail: Pick<RunDetail, "created_at" | "started_at" | "completed_at" | "attempts" | "approval_trail">,
): Span[] {
  const start = Date.parse(detail.created_at);
  const first = detail.attempts.find(({ started_at: at }) => at !== null)?.started_at ?? detail.started_at;
  const trail = detail.approval_trail;
  return [
    {
      label: "In the queue",
      note: "",
      kind: "wait",
      from: 0,
      to:
        first === null
          ? detail.completed_at === null
            ? null
            : Date.parse(detail.completed_at) - start
          : Date.parse(first) - start,
    },
    ...detail.attempts.flatMap((attempt) => attemptSpan(start, attempt, detail.attempts.length === 1)),
    ...(trail === null
      ? []
      : [
          {
            label: trail.kind === "approval" ? "Asked people" : "Waited for something outside",
            note: trail.label,
            kind: "ask" as const,
            from: Date.parse(trail.created_at) - start,
            to: trail.decided_at === null ? null : Date.parse(trail.decided_at) - start,
          },
        ]),
  ];
}

/** When a run did what, each part as a bar below the one before it. */
export function Timeline({ detail, ended }: { detail: RunDetail; ended: boolean }) {
  const spans = timelineOf(detail);
  if (!ended || spans.length < 2) return null;
  const end = Math.max(1, ...spans.map(({ from, to }) => to ?? from), detail.duration_ms ?? 0);
  return (
    <section aria-labelledby="timeline-heading">
      <h2 id="timeline-heading">Timeline</h2>
      <ol className="card timeline">
        {spans.map(({ label, note, kind, from, to }) => {
          const last = to ?? end;
          const style = {
            marginLeft: `${Math.min(99, (from / end) * 100)}%`,
            width: `${Math.max(0.6, ((last - from) / end) * 100)}%`,
          };
          return (
            <li key={label}>
              <span className="timeline-label">
                {label} {note !== "" && <span className="muted">{note}</span>}
              </span>
              <span className="timeline-lane" aria-hidden="true">
                <span className={`timeline-bar bar-${kind}`} style={style} />
              </span>
              <span className="muted timeline-time">{formatDuration(Math.max(0, last - from))}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
