import { useState } from "react";
import { Link } from "wouter";
import { replayRoutes } from "#contract/replay/routes";
import { reportRoutes } from "#contract/reports/routes";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunSummary } from "#contract/runs/run";
import { runStatuses } from "#contract/runs/lists";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { forEach } from "../../api/for-each.ts";
import { useMay } from "../../api/use-may.ts";
import { useReadPages } from "../../api/use-read.ts";
import { WorkerChoice } from "../../run-parts/worker-choice.tsx";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { SaveButton } from "../../parts/save-button.tsx";
import { statusWords } from "../../run-parts/status-pill.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import type { Filters } from "../../parts/use-filters.ts";
import { SavedViews } from "../../preferences/saved-views.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { runColumns } from "./run-columns.tsx";

const PAGE_RUNS = 50;
const BUSY_REFRESH_MS = 5_000;
const IDLE_REFRESH_MS = 30_000;

/** Since when runs are shown: milliseconds back from now, by the words in the address. */
const spans: Readonly<Record<string, { words: string; ms: number }>> = {
  hour: { words: "The last hour", ms: 3_600_000 },
  day: { words: "The last 24 hours", ms: 86_400_000 },
  week: { words: "The last 7 days", ms: 7 * 86_400_000 },
};

/** What the address's filters ask the API for. Times are cut to the minute, so that asking again asks the same. Pure. */
export function readRunFilters(get: (name: string) => string, nowMs: number) {
  const span = spans[get("since")];
  const minute = 60_000;
  const since = span === undefined ? undefined : new Date(Math.floor((nowMs - span.ms) / minute) * minute);
  return {
    ...(get("worker") === "" ? {} : { worker_id: get("worker") }),
    ...(get("status") === "" ? {} : { status: get("status") }),
    ...(since === undefined ? {} : { since: since.toISOString() }),
  };
}

/** The runs of all workers: filtered by what stands in the address, chosen, cancelled and run again together. */
export function RunsPage() {
  const filters = useFilters();
  const api = useApi();
  const [openedMs] = useState(() => Date.now());
  const wanted = readRunFilters(filters.get, openedMs);
  const runs = useReadPages(
    [runRoutes.listRuns.id, wanted],
    (client, { from, signal }) =>
      client.call(runRoutes.listRuns, { query: { limit: PAGE_RUNS, ...wanted, ...from }, signal }),
    (pages) =>
      pages.some((page) => page.runs.some(({ status }) => !isTerminal(status)))
        ? BUSY_REFRESH_MS
        : IDLE_REFRESH_MS,
  );
  return (
    <>
      <div className="head-row">
        <PageHeading title="Runs" />
        <div className="actions">
          <SaveButton
            filename="runs.csv"
            fetchFile={() => api.open(reportRoutes.exportRuns, { query: wanted })}
          >
            Save as CSV
          </SaveButton>
        </div>
      </div>
      <RunFilters filters={filters} />
      <SavedViews list="runs" />
      <Loaded query={runs} what="the runs" rows={8}>
        {({ pages }) => <Runs runs={pages.flatMap((page) => page.runs)} isFiltered={!filters.isEmpty} />}
      </Loaded>
      <More pages={runs} />
    </>
  );
}

function RunFilters({ filters }: { filters: Filters }) {
  return (
    <search className="filters">
      <WorkerChoice value={filters.get("worker")} onChoose={(worker) => filters.set({ worker })} />
      <ChoiceField
        label="Status"
        value={filters.get("status")}
        choices={[["", "Any"], ...runStatuses.map((status) => [status, statusWords[status]] as const)]}
        onChange={(event) => filters.set({ status: event.currentTarget.value })}
      />
      <ChoiceField
        label="Started"
        value={filters.get("since")}
        choices={[
          ["", "Any time"],
          ...Object.entries(spans).map(([name, { words }]) => [name, words] as const),
        ]}
        onChange={(event) => filters.set({ since: event.currentTarget.value })}
      />
      {!filters.isEmpty && (
        <Link to="/runs" className="button small quiet">
          Clear
        </Link>
      )}
    </search>
  );
}

function Runs({ runs, isFiltered }: { runs: RunSummary[]; isFiltered: boolean }) {
  const may = useMay();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  if (runs.length === 0) {
    return isFiltered ? (
      <p className="card muted">
        No run is like that. <Link to="/runs">Show all runs</Link>
      </p>
    ) : (
      <Empty title="Nothing has run yet" command="npx floom run hello-worker">
        Choose <Link to="/workers">a worker</Link> and press Run, or start one at the terminal:
      </Empty>
    );
  }
  const names = new Map(runs.map(({ id, worker_name: name }) => [String(id), name]));
  const selection = {
    chosen,
    onChange: setChosen,
    nameOf: (id: string) => `the run ${id} of ${names.get(id)}`,
  };
  return (
    <>
      <ListTable
        caption="Runs, newest first"
        columns={runColumns}
        rows={runs}
        keyOf={({ id }) => id}
        {...(may("runs:write") ? { selection } : {})}
      />
      <Bulk chosen={runs.filter(({ id }) => chosen.has(id))} onDone={() => setChosen(new Set())} />
    </>
  );
}

function Bulk({ chosen, onDone }: { chosen: readonly RunSummary[]; onDone: () => void }) {
  const api = useApi();
  if (chosen.length === 0) return null;
  const open = chosen.filter(({ status }) => !isTerminal(status));
  const ended = chosen.filter(({ status }) => isTerminal(status));
  return (
    <section className="bulk" aria-label="With the chosen runs">
      <strong>{formatCount(chosen.length, "run")} chosen</strong>
      {open.length > 0 && (
        <ConfirmButton
          label={`Cancel ${formatCount(open.length, "run")}`}
          title={`Cancel ${formatCount(open.length, "run")}?`}
          said="They are cancelled."
          onConfirm={() => forEach(open, ({ id }) => api.call(runRoutes.cancelRun, { params: { run: id } }))}
          onDone={onDone}
        >
          <p>What a cancelled run has done stays done; it cannot be taken up again.</p>
        </ConfirmButton>
      )}
      {ended.length > 0 && (
        <ConfirmButton
          label={`Replay ${formatCount(ended.length, "run")}`}
          title={`Run ${formatCount(ended.length, "run")} again?`}
          isDanger={false}
          said="They are started again."
          onConfirm={() =>
            forEach(ended, ({ id }) => api.call(replayRoutes.replayRun, { params: { run: id }, json: {} }))
          }
          onDone={onDone}
        >
          <p>
            Each is started with the inputs and on the version that it had. What a worker does to the world,
            it does again.
          </p>
        </ConfirmButton>
      )}
      <SaveButton
        filename="chosen-runs.csv"
        fetchFile={() =>
          api.open(reportRoutes.exportChosenRuns, { json: { run_ids: chosen.map(({ id }) => id) } })
        }
      >
        Save {formatCount(chosen.length, "run")} as CSV
      </SaveButton>
      <button type="button" className="quiet small" onClick={onDone}>
        Choose none
      </button>
    </section>
  );
}
