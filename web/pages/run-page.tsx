import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { formatDuration } from "#contract/words";
import { useApi } from "../api/api-context.ts";
import { routes } from "../api/routes.ts";
import { useRun } from "../live/use-run.ts";
import type { LiveRun } from "../live/use-run.ts";
import { Files } from "../outputs/files.tsx";
import { Attempts } from "../parts/attempts.tsx";
import { CancelButton } from "../parts/cancel-button.tsx";
import { ErrorNotice } from "../parts/error-notice.tsx";
import { FailureNotice } from "../parts/failure-notice.tsx";
import { LogView } from "../parts/log-view.tsx";
import { PageHeading } from "../parts/page-heading.tsx";
import { Progress } from "../parts/progress.tsx";
import { Question } from "../parts/question.tsx";
import { SaveButton } from "../parts/save-button.tsx";
import { Skeleton } from "../parts/skeleton.tsx";
import { StatusPill } from "../parts/status-pill.tsx";
import { WarningsNotice } from "../parts/warnings-notice.tsx";

/** Tables, trees and previews are a lot of script that no other page needs. */
const Outputs = lazy(async () => ({ default: (await import("../outputs/outputs.tsx")).Outputs }));

const PartialResult = lazy(async () => ({
  default: (await import("../outputs/partial-result.tsx")).PartialResult,
}));

/** One run: what it is doing, its log as it comes, and what it left. */
export function RunPage({ run }: { run: string }) {
  const [live, restart] = useRun(run);
  const { detail, error } = live;
  return (
    <>
      <PageHeading title={detail === undefined ? "Run" : `Run of ${detail.worker_name}`} />
      {error !== undefined && <ErrorNotice error={error} onRetry={restart} />}
      {detail === undefined && error === undefined && <Skeleton rows={8} label="Loading the run" />}
      {detail !== undefined && <RunBody detail={detail} live={live} />}
    </>
  );
}

function LogSection({ run, live, ended }: { run: string; live: LiveRun; ended: boolean }) {
  const { view, connection } = live;
  return (
    <section aria-labelledby="log-heading">
      <div className="section-heading">
        <h2 id="log-heading">Log</h2>
        {connection === "interrupted" && (
          <output className="muted">The connection broke; reconnecting …</output>
        )}
      </div>
      {view.lines.length > 0 ? (
        <LogView run={run} log={view} live={!ended} />
      ) : (
        <p className="card muted">{ended ? "The script printed nothing." : "No line has come in yet."}</p>
      )}
    </section>
  );
}

function RunBody({ detail, live }: { detail: RunDetail; live: LiveRun }) {
  const api = useApi();
  const { view } = live;
  const status = view.lastSeq === 0 ? detail.status : view.status;
  const ended = isTerminal(status);
  const failure = view.failure ?? detail.failure;
  const partial = status === "completed" ? null : (view.partial ?? detail.partial ?? null);
  return (
    <>
      <RunFacts detail={detail} status={status} durationMs={view.durationMs ?? detail.duration_ms} />
      {!ended && (
        <div className="card waiting">
          <Progress
            progress={view.progress ?? detail.progress}
            waiting={view.whyWaiting ?? detail.why_waiting}
          />
          <CancelButton run={detail.id} />
        </div>
      )}
      {detail.approval_trail !== null && <Question trail={detail.approval_trail} />}
      {ended && failure !== null && <FailureNotice failure={failure} raw={detail.error_raw} />}
      {partial !== null && (
        <Suspense fallback={<Skeleton rows={2} label="Loading what has come so far" />}>
          <PartialResult run={detail.id} partial={partial} isOver={ended} />
        </Suspense>
      )}
      {detail.warnings !== undefined && <WarningsNotice warnings={detail.warnings} />}
      <Attempts attempts={detail.attempts} />
      <LogSection run={detail.id} live={live} ended={ended} />
      {ended && isTerminal(detail.status) && (
        <Suspense fallback={<Skeleton rows={4} label="Loading the outputs" />}>
          <Outputs detail={detail} />
        </Suspense>
      )}
      {!ended && view.artifacts.length > 0 && <Files run={detail.id} artifacts={view.artifacts} />}
      {ended && (
        <p>
          <SaveButton
            filename={`${detail.id}.zip`}
            fetchFile={() => api.open(routes.downloadRun, { params: { run: detail.id } })}
          >
            Download everything
          </SaveButton>
        </p>
      )}
    </>
  );
}

interface RunFactsProps {
  detail: RunDetail;
  status: RunDetail["status"];
  durationMs: number | null;
}

function RunFacts({ detail, status, durationMs }: RunFactsProps) {
  return (
    <div className="facts">
      <output>
        <StatusPill status={status} />
      </output>
      <Link to={`/workers/${encodeURIComponent(detail.worker_id)}`}>{detail.worker_name}</Link>
      <span className="muted">version {detail.version}</span>
      {durationMs !== null && <span className="muted">{formatDuration(durationMs)}</span>}
      <time className="muted" dateTime={detail.created_at}>
        {new Date(detail.created_at).toLocaleString()}
      </time>
      <code className="muted">{detail.id}</code>
    </div>
  );
}
