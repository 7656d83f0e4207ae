import { useState } from "react";
import { Link } from "wouter";
import { deadLetterRoutes } from "#contract/dead-letters/routes";
import type { DeadLetter, RedriveResult } from "#contract/dead-letters/dead-letter";
import { failureKinds } from "#contract/runs/lists";
import { workerRoutes } from "#contract/workers/routes";
import { beginSentence, formatCount, whoseTurn } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead, useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { SavedViews } from "../../preferences/saved-views.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";

/** Failed runs that nobody has seen to: started over, or put aside. */
export function DeadLettersPage() {
  const filters = useFilters();
  const kind = failureKinds.find((name) => name === filters.get("kind"));
  const worker = filters.get("worker");
  const query = {
    ...(kind === undefined ? {} : { kind }),
    ...(worker === "" ? {} : { worker_id: worker }),
  };
  const workers = useRead(workerRoutes.listWorkers);
  const letters = useReadPages([deadLetterRoutes.listDeadLetters.id, query], (api, { from, signal }) =>
    api.call(deadLetterRoutes.listDeadLetters, { query: { ...query, ...from }, signal }),
  );
  return (
    <>
      <PageHeading title="Dead letters" />
      <p className="lead">
        Runs that failed for good. Start them over once the cause is mended, or put them aside.
      </p>
      <search className="filters">
        <ChoiceField
          label="Worker"
          value={worker}
          choices={[["", "All"], ...(workers.data ?? []).map(({ id, name }) => [id, name] as const)]}
          onChange={(event) => filters.set({ worker: event.currentTarget.value })}
        />
        <ChoiceField
          label="Whose turn it is"
          value={kind ?? ""}
          choices={[
            ["", "Anybody’s"],
            ...failureKinds.map((name) => [name, beginSentence(whoseTurn[name].short)] as const),
          ]}
          onChange={(event) => filters.set({ kind: event.currentTarget.value })}
        />
      </search>
      <SavedViews list="dead_letters" />
      <Loaded query={letters} what="the dead letters" rows={8}>
        {({ pages }) => (
          <Letters letters={pages.flatMap((page) => page.runs)} isFiltered={!filters.isEmpty} />
        )}
      </Loaded>
      <More pages={letters} />
    </>
  );
}

function Letters({ letters, isFiltered }: { letters: DeadLetter[]; isFiltered: boolean }) {
  const may = useMay()("runs:write");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [results, setResults] = useState<readonly RedriveResult[]>([]);
  return (
    <>
      <Results results={results} />
      {letters.length === 0 && isFiltered && <p className="card muted">No failed run is like that.</p>}
      {letters.length === 0 && !isFiltered && (
        <Empty title="Nothing has been left lying">
          Every run that failed was started over or put aside.
        </Empty>
      )}
      {letters.length > 0 && (
        <ListTable
          caption="Failed runs, newest first"
          rows={letters}
          keyOf={({ id }) => id}
          columns={[
            {
              head: "Worker",
              cell: ({ id, worker_name: name }) => (
                <Link to={`/runs/${id}`}>
                  {name}
                  <span className="visually-hidden">, run {id}</span>
                </Link>
              ),
            },
            { head: "What happened", cell: ({ error }) => <span className="clipped">{error ?? ""}</span> },
            { head: "Whose turn", cell: ({ kind }) => beginSentence(whoseTurn[kind].short) },
            { head: "Attempts", cell: ({ attempt }) => attempt, isNumber: true },
            { head: "When", cell: ({ created_at: at }) => <Moment iso={at} /> },
          ]}
          {...(may
            ? { selection: { chosen, onChange: setChosen, nameOf: (id: string) => `the run ${id}` } }
            : {})}
        />
      )}
      <Bulk
        chosen={letters.filter(({ id }) => chosen.has(id))}
        onResults={setResults}
        onDone={() => setChosen(new Set())}
      />
    </>
  );
}

/** What came of starting over: what could not be is named with why. */
function Results({ results }: { results: readonly RedriveResult[] }) {
  const refused = results.filter(({ outcome }) => outcome === "refused");
  if (results.length === 0) return null;
  return (
    <section
      className={refused.length > 0 ? "card notice" : "card"}
      aria-live="polite"
      aria-label="What came of it"
    >
      <h2>
        {results.length - refused.length} of {formatCount(results.length, "run")} started over
      </h2>
      <ul>
        {results.map(({ id, run_id: run, problem }) => (
          <li key={id}>
            {run !== null && <Link to={`/runs/${run}`}>The new run of {id}</Link>}
            {problem !== null && `${id}: ${problem.detail}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface BulkProps {
  chosen: readonly DeadLetter[];
  onResults: (results: readonly RedriveResult[]) => void;
  onDone: () => void;
}

function Bulk({ chosen, onResults, onDone }: BulkProps) {
  const api = useApi();
  if (chosen.length === 0) return null;
  const ids = chosen.map(({ id }) => id);
  const what = formatCount(ids.length, "run");
  return (
    <section className="bulk" aria-label="With the chosen runs">
      <strong>{what} chosen</strong>
      <ConfirmButton
        label={`Start ${what} over`}
        title={`Start ${what} over?`}
        isDanger={false}
        said="They are started over."
        onConfirm={async () =>
          onResults((await api.call(deadLetterRoutes.redriveDeadLetters, { json: { ids } })).results)
        }
        onDone={onDone}
      >
        <p>With the same inputs, on the version that is active now. Each is started over once at most.</p>
      </ConfirmButton>
      <ConfirmButton
        label={`Put ${what} aside`}
        title={`Put ${what} aside?`}
        isDanger={false}
        said="They are put aside."
        onConfirm={() => api.call(deadLetterRoutes.dismissDeadLetters, { json: { ids } })}
        onDone={onDone}
      >
        <p>They leave this list and stay on the record.</p>
      </ConfirmButton>
      <button type="button" className="quiet small" onClick={onDone}>
        Choose none
      </button>
    </section>
  );
}
