import type { RunDetail } from "#contract/runs/run";

interface ProgressProps {
  progress: RunDetail["progress"];
  /** What the run waits for, in words; the script's own message is shown instead when there is one. */
  waiting: string | null;
}

/** How far a run is, or what it waits for. */
export function Progress({ progress, waiting }: ProgressProps) {
  const percent = progress?.percent ?? null;
  const text = progress?.message ?? waiting ?? "Running.";
  return (
    <div className="progress">
      {percent === null ? (
        <progress aria-label="Progress" />
      ) : (
        <progress aria-label="Progress" value={percent} max={100} />
      )}
      <span>
        {text}
        {percent !== null && <span className="muted"> {Math.round(percent)} %</span>}
      </span>
    </div>
  );
}
