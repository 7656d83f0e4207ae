import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import type { OutputTable } from "#contract/outputs/output";
import { runRoutes } from "#contract/runs/routes";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import type { WorkerDetail } from "#contract/workers/worker";
import { useRead } from "../../../api/use-read.ts";
import { Outputs } from "../../../outputs/outputs.tsx";
import { ChoiceField } from "../../../parts/labelled.tsx";
import { Loaded } from "../../../parts/loaded.tsx";
import { FailureNotice } from "../../../run-parts/failure-notice.tsx";
import { StatusPill } from "../../../run-parts/status-pill.tsx";
import { ActionForms } from "../action-forms.tsx";
import { drawRows, findTable, listDrawable, MOST_BARS } from "./result-chart.ts";
import type { Drawable } from "./result-chart.ts";

const Bars = lazy(async () => ({ default: (await import("../../../charts/bars.tsx")).Bars }));
const REFRESH_MS = 500;

/** Asks a query worker and shows what it answers below the question, to ask on from there. */
export function ExploreTab({ worker }: { worker: WorkerDetail }) {
  const [run, setRun] = useState<string | null>(null);
  return (
    <ActionForms worker={worker} onStarted={({ id }) => setRun(id)}>
      {run === null ? (
        <p className="muted">What it answers is shown here, and is on record as a run.</p>
      ) : (
        <Answer key={run} run={run} />
      )}
    </ActionForms>
  );
}

function Answer({ run }: { run: string }) {
  const found = useRead(runRoutes.getRun, {
    params: { run },
    refreshMs: ({ status }) => (isTerminal(status) ? false : REFRESH_MS),
  });
  return (
    <section aria-labelledby="answer-heading" aria-live="polite">
      <div className="head-row">
        <h2 id="answer-heading">What it answered</h2>
        <Link to={`/runs/${run}`}>The whole run</Link>
      </div>
      <Loaded query={found} what="the answer">
        {(detail) => <AnswerOf detail={detail} />}
      </Loaded>
    </section>
  );
}

function AnswerOf({ detail }: { detail: RunDetail }) {
  if (!isTerminal(detail.status)) return <StatusPill status={detail.status} />;
  const table = findTable(detail.outputs);
  const drawable = table === null ? null : listDrawable(table);
  return (
    <>
      {detail.failure !== null && <FailureNotice failure={detail.failure} raw={detail.error} />}
      {table !== null && drawable !== null && <Chart table={table} drawable={drawable} />}
      <Outputs detail={detail} />
    </>
  );
}

/** One column of the answer as bars; which, and what names them, is chosen. */
function Chart({ table, drawable }: { table: OutputTable; drawable: Drawable }) {
  const [amount, setAmount] = useState(drawable.amounts[0] ?? "");
  const [name, setName] = useState(drawable.names[0] ?? "");
  const { amounts, names } = drawRows(table, { amount, name });
  const bars = amounts.map((total, at) => ({ at, total, failed: 0 }));
  const isCut = table.rows.length > MOST_BARS;
  const label = `${amount} by ${name}: ${names.map((one, at) => `${one} ${amounts[at] ?? 0}`).join(", ")}`;
  return (
    <div className="card">
      <div className="filters">
        <ChoiceField
          label="Draw"
          value={amount}
          choices={drawable.amounts.map((column) => [column, column] as const)}
          onChange={(event) => setAmount(event.currentTarget.value)}
        />
        <ChoiceField
          label="By"
          value={name}
          choices={drawable.names.map((column) => [column, column] as const)}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </div>
      <Suspense fallback={<div className="chart-bars" aria-busy="true" />}>
        <Bars label={label} bars={bars} names={names} isAmount />
      </Suspense>
      {isCut && <p className="muted">The first {MOST_BARS} rows; the table has all.</p>}
    </div>
  );
}
