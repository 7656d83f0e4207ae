import { lazy, Suspense } from "react";
import { Link } from "wouter";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { beginSentence, formatDuration } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useRun } from "../../live/use-run.ts";
import type { LiveRun } from "../../live/use-run.ts";
import { Files } from "../../outputs/files.tsx";
import { Attempts } from "../../run-parts/attempts.tsx";
import { CancelButton } from "../../run-parts/cancel-button.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { FailureNotice } from "../../run-parts/failure-notice.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Progress } from "../../run-parts/progress.tsx";
import { Question } from "../../run-parts/question.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { formatUsd } from "../../parts/stat.tsx";
import { StatusPill } from "../../run-parts/status-pill.tsx";
import { WarningsNotice } from "../../run-parts/warnings-notice.tsx";
import { LogSection } from "./log-section.tsx";
import { Stages } from "./stages.tsx";
import { sourceWords } from "./run-words.ts";
import { Timeline } from "./timeline.tsx";

/** Tables, trees and previews are a lot of script that no other page needs. */
const Outputs = lazy(async () => ({ default: (await import("../../outputs/outputs.tsx")).Outputs }));
const PartialResult = lazy(async () => ({
  default: (await import("../../outputs/partial-result.tsx")).PartialResult,
}));
/** What has to be asked for besides comes when the run itself is shown. */
const Inputs = lazy(async () => ({ default: (await import("./inputs.tsx")).Inputs }));
const Council = lazy(async () => ({ default: (await import("./council.tsx")).Council }));
const ToolCalls = lazy(async () => ({ default: (await import("./tool-calls.tsx")).ToolCalls }));
const Related = lazy(async () => ({ default: (await import("./related.tsx")).Related }));
const RunActions = lazy(async () => ({ default: (await import("./run-actions.tsx")).RunActions }));

/** One run: what it is doing, its log as it comes, and what it left. */
export function RunPage({ params }: { params: { run?: string | undefined } }) {
  const [live, restart] = useRun(params.run ?? "");
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

function RunBody({ detail, live }: { detail: RunDetail; live: LiveRun }) {
  const { view } = live;
  const status = view.lastSeq === 0 ? detail.status : view.status;
  const ended = isTerminal(status);
  const failure = view.failure ?? detail.failure;
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
      {ended && <Ended detail={detail} />}
      <Left detail={detail} live={live} ended={ended} />
      <Stages stages={view.stages ?? detail.stages} />
      {detail.holds_council === true && (
        <Suspense fallback={<Skeleton rows={4} label="Loading the council" />}>
          <Council run={detail.id} ended={ended} />
        </Suspense>
      )}
      <Timeline detail={detail} ended={ended} />
      <Attempts attempts={detail.attempts} />
      <LogSection run={detail.id} live={live} ended={ended} />
      <Suspense fallback={<Skeleton rows={3} label="Loading inputs and calls" />}>
        <Inputs detail={detail} />
        <ToolCalls run={detail.id} ended={ended} news={view.toolNews} />
        <Related detail={detail} />
      </Suspense>
    </>
  );
}

/** What can be done with a run that has ended. */
function Ended({ detail }: { detail: RunDetail }) {
  const api = useApi();
  return (
    <div className="actions run-actions">
      <Suspense fallback={null}>
        <RunActions detail={detail} />
      </Suspense>
      <SaveButton
        filename={`${detail.id}.zip`}
        fetchFile={() => api.open(runRoutes.downloadRun, { params: { run: detail.id } })}
      >
        Download everything
      </SaveButton>
    </div>
  );
}

/** What it has given until now, or for good. */
function Left({ detail, live, ended }: { detail: RunDetail; live: LiveRun; ended: boolean }) {
  const { view } = live;
  const partial = detail.status === "completed" ? null : (view.partial ?? detail.partial ?? null);
  return (
    <>
      {partial !== null && (
        <Suspense fallback={<Skeleton rows={2} label="Loading what has come so far" />}>
          <PartialResult run={detail.id} partial={partial} isOver={ended} />
        </Suspense>
      )}
      {detail.warnings !== undefined && <WarningsNotice warnings={detail.warnings} />}
      {ended && isTerminal(detail.status) && (
        <Suspense fallback={<Skeleton rows={4} label="Loading the outputs" />}>
          <Outputs detail={detail} />
        </Suspense>
      )}
      {!ended && view.artifacts.length > 0 && <Files run={detail.id} artifacts={view.artifacts} />}
    </>
  );
}

interface RunFactsProps {
  detail: RunDetail;
  status: RunDetail["status"];
  durationMs: number | null;
}

function RunFacts({ detail, status, durationMs }: RunFactsProps) {
  const { cost, replay_of: replayed, parent_run_id: parent } = detail;
  return (
    <div className="facts">
      <output>
        <StatusPill status={status} />
      </output>
      <Link to={`/workers/${encodeURIComponent(detail.worker_id)}`}>{detail.worker_name}</Link>
      <span className="muted">version {detail.version}</span>
      {durationMs !== null && <span className="muted">{formatDuration(durationMs)}</span>}
      <span className="muted">
        <Moment iso={detail.created_at} />
      </span>
      <span className="muted">{beginSentence(sourceWords[detail.trigger_source])}</span>
      {cost.total_usd > 0 && <span className="muted">{formatUsd(cost.total_usd)}</span>}
      {detail.dry && <span className="muted">Let nothing out</span>}
      {replayed !== null && <Link to={`/runs/${replayed}`}>Replays another run</Link>}
      {parent !== null && <Link to={`/runs/${parent}`}>Called by another run</Link>}
      <code className="muted">{detail.id}</code>
    </div>
  );
}
