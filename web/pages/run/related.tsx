import { useState } from "react";
import { replayRoutes } from "#contract/replay/routes";
import type { RunComparison, ValueChange } from "#contract/replay/replay";
import { runRoutes } from "#contract/runs/routes";
import type { RunDetail } from "#contract/runs/run";
import { showLine } from "#contract/outputs/show-text";
import { formatDuration } from "#contract/words";
import { useRead } from "../../api/use-read.ts";
import { DiffText } from "../../parts/diff-text.tsx";
import { readableName } from "../../parts/input-edits.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { RunRows } from "../../run-parts/run-rows.tsx";
import { statusWords } from "../../run-parts/status-pill.tsx";

/** Other runs that have to do with this one: those that it called, and one to compare it with. */
export function Related({ detail }: { detail: RunDetail }) {
  const children = useRead(replayRoutes.listChildRuns, { params: { run: detail.id } });
  return (
    <>
      {(children.data?.length ?? 0) > 0 && (
        <section aria-labelledby="children-heading">
          <h2 id="children-heading">Runs that it called</h2>
          <div className="card">
            <RunRows runs={children.data ?? []} withWorker />
          </div>
        </section>
      )}
      <Compare detail={detail} />
    </>
  );
}

function Compare({ detail }: { detail: RunDetail }) {
  const [other, setOther] = useState("");
  const runs = useRead(runRoutes.listRuns, { query: { worker_id: detail.worker_id, limit: 30 } });
  const others = (runs.data?.runs ?? []).filter(({ id }) => id !== detail.id);
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="compare-heading">
      <h2 id="compare-heading">Beside another run</h2>
      <div className="filters">
        <ChoiceField
          label="Compare with"
          value={other}
          choices={[
            ["", "Choose a run …"],
            ...others.map(
              (run) =>
                [run.id, `${new Date(run.created_at).toLocaleString()}, ${statusWords[run.status]}`] as const,
            ),
          ]}
          onChange={(event) => setOther(event.currentTarget.value)}
        />
      </div>
      {other !== "" && <Comparison run={detail.id} other={other} />}
    </section>
  );
}

function Comparison({ run, other }: { run: string; other: string }) {
  const compared = useRead(replayRoutes.compareRuns, { params: { run: other, other: run } });
  return (
    <Loaded query={compared} what="the comparison">
      {(data) => <Compared comparison={data} />}
    </Loaded>
  );
}

function Compared({ comparison }: { comparison: RunComparison }) {
  const { status, timing, inputs, outputs, log } = comparison;
  const took = (ms: number | null) => (ms === null ? "–" : formatDuration(ms));
  return (
    <div className="card stack">
      <dl className="facts-list">
        <dt>Ended</dt>
        <dd>
          {statusWords[status.a]} there, {statusWords[status.b].toLowerCase()} here
        </dd>
        <dt>Took</dt>
        <dd>
          {took(timing.a_ms)} there, {took(timing.b_ms)} here
        </dd>
        <dt>Version</dt>
        <dd>
          {comparison.same_version
            ? "The same"
            : `${comparison.a.version} there, ${comparison.b.version} here`}
        </dd>
      </dl>
      <Values title="Inputs" values={inputs} />
      <Values title="Outputs" values={outputs} />
      <h3>Log</h3>
      {log.diff === null || log.diff === "" ? (
        <p className="muted">{log.diff === "" ? "The same." : "Too different to show line by line."}</p>
      ) : (
        <DiffText diff={log.diff} label="What is different in the log" />
      )}
    </div>
  );
}

function Values({ title, values }: { title: string; values: readonly ValueChange[] }) {
  const changed = values.filter(({ change }) => change !== "same");
  return (
    <>
      <h3>{title}</h3>
      {changed.length === 0 ? (
        <p className="muted">The same.</p>
      ) : (
        <dl className="facts-list">
          {changed.map(({ name, change, a, b }) => (
            <div key={name} className="same-row">
              <dt>{readableName(name)}</dt>
              <dd>
                {change !== "only_b" && <del>{showLine(JSON.stringify(a), 300)}</del>}{" "}
                {change !== "only_a" && <ins>{showLine(JSON.stringify(b), 300)}</ins>}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
