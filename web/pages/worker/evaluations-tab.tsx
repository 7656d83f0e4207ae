import { useState } from "react";
import type { Comparison, CaseChange, EvaluationSummary } from "#contract/evaluations/evaluation";
import { evaluationRoutes } from "#contract/evaluations/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { useApi } from "../../api/api-context.ts";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { ChoiceField } from "../../parts/labelled.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Pill } from "../../parts/pill.tsx";
import type { Tone } from "../../parts/pill.tsx";
import { useChange } from "../../ui/use-change.ts";
import { EvaluationCases } from "./evaluation-cases.tsx";

const BUSY_REFRESH_MS = 2_000;

const percent = (share: number | null) => (share === null ? "" : `${(100 * share).toFixed(0)}%`);

/** How good a worker's versions are: every evaluation, its cases, and what got worse between two. */
export function EvaluationsTab({ worker }: { worker: WorkerDetail }) {
  const params = { worker: worker.id };
  const found = useRead(evaluationRoutes.listEvaluations, {
    params,
    refreshMs: ({ evaluations }) =>
      evaluations.some(({ status }) => status === "running") ? BUSY_REFRESH_MS : false,
  });
  const [opened, setOpened] = useState<string | null>(null);
  return (
    <Loaded query={found} what="its evaluations">
      {({ evaluations }) => (
        <>
          <Begin worker={worker} />
          {evaluations.length === 0 ? (
            <Empty title="Not evaluated yet">
              Cases are files in the worker&apos;s folder: evals/basics.yml says inputs and what is expected
              of them.
            </Empty>
          ) : (
            <History worker={worker} evaluations={evaluations} onOpen={setOpened} />
          )}
          {opened !== null && <EvaluationCases worker={worker.id} evaluation={opened} />}
          <Compare worker={worker} evaluations={evaluations.filter(({ status }) => status === "completed")} />
        </>
      )}
    </Loaded>
  );
}

function Begin({ worker }: { worker: WorkerDetail }) {
  const api = useApi();
  const may = useMay();
  const change = useChange();
  if (!may("runs:write")) return null;
  const begin = () =>
    change.make(
      () => api.call(evaluationRoutes.startEvaluation, { params: { worker: worker.id }, json: {} }),
      `Version ${worker.version} is being evaluated.`,
    );
  return (
    <div className="actions">
      <button type="button" disabled={change.busy} onClick={() => void begin()}>
        Evaluate version {worker.version}
      </button>
      {change.error !== undefined && <ErrorNotice error={change.error} />}
    </div>
  );
}

interface HistoryProps {
  worker: WorkerDetail;
  evaluations: readonly EvaluationSummary[];
  onOpen: (id: string) => void;
}

function History({ worker, evaluations, onOpen }: HistoryProps) {
  const api = useApi();
  const may = useMay();
  const change = useChange();
  const setBaseline = (one: EvaluationSummary) =>
    change.make(
      () =>
        api.call(evaluationRoutes.setBaseline, {
          params: { worker: worker.id },
          json: { evaluation: one.id },
        }),
      `Later evaluations are compared with this one of version ${one.version}.`,
    );
  return (
    <>
      {change.error !== undefined && <ErrorNotice error={change.error} />}
      <ListTable
        caption="Evaluations, newest first"
        rows={evaluations}
        keyOf={({ id }) => id}
        columns={[
          { head: "Version", cell: ({ version }) => version },
          { head: "Verdict", cell: (one) => <Verdict one={one} /> },
          { head: "Samples that pass", isNumber: true, cell: (one) => percent(one.pass_rate) },
          { head: "Runs", isNumber: true, cell: (one) => `${one.runs_done} of ${one.runs}` },
          { head: "Beside the baseline", cell: ({ against_baseline: word }) => word ?? "" },
          { head: "Started", cell: ({ created_at: at }) => <Moment iso={at} /> },
          {
            head: "",
            cell: (one) => (
              <div className="actions">
                {one.status !== "running" && (
                  <button type="button" className="small" onClick={() => onOpen(one.id)}>
                    Cases
                  </button>
                )}
                {may("workers:write") && one.verdict === "pass" && one.whole && !one.is_baseline && (
                  <button
                    type="button"
                    className="small"
                    disabled={change.busy}
                    onClick={() => void setBaseline(one)}
                  >
                    Make it the baseline
                  </button>
                )}
              </div>
            ),
          },
        ]}
      />
    </>
  );
}

function Verdict({ one }: { one: EvaluationSummary }) {
  const tones: Record<string, Tone> = { pass: "good", fail: "bad", running: "wait" };
  const word = one.verdict ?? one.status;
  return (
    <>
      <Pill tone={tones[word] ?? "plain"}>{word}</Pill> {one.is_baseline && <Pill>baseline</Pill>}
    </>
  );
}

function Compare({
  worker,
  evaluations,
}: {
  worker: WorkerDetail;
  evaluations: readonly EvaluationSummary[];
}) {
  const baseline = evaluations.find((one) => one.is_baseline);
  const [from, setFrom] = useState<string | null>(null);
  const [to, setTo] = useState<string | null>(null);
  if (evaluations.length < 2) return null;
  const chosen = {
    from: from ?? baseline?.id ?? evaluations[1]?.id ?? "",
    to: to ?? evaluations[0]?.id ?? "",
  };
  const choices = evaluations.map(
    ({ id, version, created_at: at }) =>
      [id, `Version ${version}, ${at.slice(0, 16).replace("T", " ")}`] as const,
  );
  return (
    <section aria-labelledby="evaluations-compared">
      <h2 id="evaluations-compared">What got better or worse</h2>
      <div className="filters">
        <ChoiceField
          label="From"
          value={chosen.from}
          choices={choices}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <ChoiceField
          label="To"
          value={chosen.to}
          choices={choices}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </div>
      {chosen.from === chosen.to ? (
        <p className="card muted">Choose two evaluations.</p>
      ) : (
        <Difference worker={worker.id} from={chosen.from} to={chosen.to} />
      )}
    </section>
  );
}

function Difference({ worker, from, to }: { worker: string; from: string; to: string }) {
  const found = useRead(evaluationRoutes.compareEvaluations, {
    params: { worker, evaluation: to },
    query: { to: from },
  });
  return (
    <Loaded query={found} what="the comparison">
      {(comparison) => (
        <>
          <p>
            <Pill tone={verdictTones[comparison.verdict]}>{comparison.verdict}</Pill>{" "}
            <span className="muted">
              {comparison.cases_compared} cases, {comparison.test}, alpha {comparison.alpha}. As few passes by
              chance: p = {comparison.p_worse.toPrecision(2)}; as many: p ={" "}
              {comparison.p_better.toPrecision(2)}.
            </span>
          </p>
          {comparison.scores !== null && (
            <p>
              <Pill tone={verdictTones[comparison.scores.verdict]}>{comparison.scores.verdict}</Pill>{" "}
              <span className="muted">
                Scores {comparison.scores.mean_change.toFixed(3)} on average, {comparison.scores.test}.
              </span>
            </p>
          )}
          <ListTable
            caption="Cases, side by side"
            rows={comparison.cases}
            keyOf={({ name }) => name}
            columns={[
              { head: "Case", cell: ({ name }) => name },
              { head: "Change", cell: (one) => <Change one={one} /> },
              { head: "From", isNumber: true, cell: ({ before }) => side(before) },
              { head: "To", isNumber: true, cell: ({ after }) => side(after) },
            ]}
          />
        </>
      )}
    </Loaded>
  );
}

const verdictTones: Record<Comparison["verdict"], Tone> = {
  regression: "bad",
  improvement: "good",
  noise: "plain",
};

function Change({ one: { change, lost } }: { one: CaseChange }) {
  const tone: Tone =
    change === "worse" || change === "dropped" ? "bad" : change === "better" ? "good" : "plain";
  return <Pill tone={tone}>{lost ? "lost" : change}</Pill>;
}

function side(one: CaseChange["before"]): string {
  return one === null ? "" : `${one.passed} of ${one.samples}`;
}
