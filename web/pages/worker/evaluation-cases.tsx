import { Link } from "wouter";
import type { CaseResult } from "#contract/evaluations/evaluation";
import { evaluationRoutes } from "#contract/evaluations/routes";
import { useRead } from "../../api/use-read.ts";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Pill } from "../../parts/pill.tsx";

/** One evaluation's cases, with why those that failed did, and their runs. */
export function EvaluationCases({ worker, evaluation }: { worker: string; evaluation: string }) {
  const found = useRead(evaluationRoutes.getEvaluation, { params: { worker, evaluation } });
  return (
    <section aria-labelledby="evaluation-cases">
      <h2 id="evaluation-cases">Cases</h2>
      <Loaded query={found} what="the cases">
        {({ cases, reasons, version }) => (
          <>
            <p className="muted">Of version {version}.</p>
            {reasons.map((reason) => (
              <p key={reason}>{reason}</p>
            ))}
            <ListTable
              caption="Cases of the evaluation"
              rows={cases}
              keyOf={({ name }) => name}
              columns={[
                { head: "Case", cell: ({ name }) => name },
                { head: "Passed", cell: (one) => <Passed one={one} /> },
                { head: "Score", isNumber: true, cell: ({ score }) => score.toFixed(2) },
                { head: "Why", cell: whyOf },
                { head: "Runs", cell: (one) => <RunLinks one={one} /> },
              ]}
            />
          </>
        )}
      </Loaded>
    </section>
  );
}

function Passed({ one: { passed, samples } }: { one: CaseResult }) {
  const tone = passed === samples.length ? "good" : "bad";
  return (
    <Pill tone={tone}>
      {passed} of {samples.length}
    </Pill>
  );
}

function whyOf({ samples }: CaseResult): string {
  const failed = samples.find(({ outcome }) => outcome !== "passed");
  return failed?.reason ?? failed?.scores.find(({ passed }) => !passed)?.reason ?? "";
}

function RunLinks({ one: { samples } }: { one: CaseResult }) {
  return (
    <>
      {samples.map(({ run_id: id }, at) =>
        id === null ? null : (
          <span key={id}>
            <Link to={`/runs/${id}`}>{at + 1}</Link>{" "}
          </span>
        ),
      )}
    </>
  );
}
