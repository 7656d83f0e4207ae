import { Link } from "wouter";
import type { RunSummary } from "#contract/runs/run";
import { formatDuration } from "#contract/words";
import { Ago } from "../parts/ago.tsx";
import { StatusPill } from "./status-pill.tsx";

/** Runs as rows, each a link to its page; `withWorker` adds whose run it is. */
export function RunRows({ runs, withWorker }: { runs: readonly RunSummary[]; withWorker: boolean }) {
  return (
    <ul className="rows">
      {runs.map((run) => (
        <li key={run.id}>
          <Link to={`/runs/${run.id}`} className="row">
            <StatusPill status={run.status} />
            <span className="row-main">
              {withWorker && <span>{run.worker_name}</span>}
              <code className="muted">{run.id}</code>
              {run.error !== null && <span className="row-error">{run.error}</span>}
            </span>
            <span className="muted row-side">
              {run.duration_ms !== null && <span>{formatDuration(run.duration_ms)}</span>}
              <Ago iso={run.created_at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
