import { Link } from "wouter";
import type { RunSummary } from "#contract/runs/run";
import { formatDuration } from "#contract/words";
import type { Column } from "../../parts/list-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { StatusPill } from "../../run-parts/status-pill.tsx";
import { sourceWords } from "../run/run-words.ts";

/** What the table of runs tells of each. */
export const runColumns: readonly Column<RunSummary>[] = [
  { head: "Status", cell: ({ status }) => <StatusPill status={status} /> },
  {
    head: "Worker",
    cell: ({ id, worker_name: name, error }) => (
      <span>
        <Link to={`/runs/${id}`}>
          {name}
          <span className="visually-hidden">, run {id}</span>
        </Link>
        {error !== null && <span className="row-error clipped">{error}</span>}
      </span>
    ),
  },
  { head: "Started by", cell: ({ trigger_source: source }) => sourceWords[source] },
  { head: "Version", cell: ({ version }) => version, isNumber: true },
  {
    head: "Took",
    cell: ({ duration_ms: ms }) => (ms === null ? "" : formatDuration(ms)),
    isNumber: true,
  },
  { head: "When", cell: ({ created_at: at }) => <Moment iso={at} /> },
];
