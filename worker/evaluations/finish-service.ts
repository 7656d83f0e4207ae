// Owns what an evaluation comes to: its verdict, beside the baseline of that moment. Writes the evaluation's rows, for its
// object alone.
import type { CaseResult } from "#contract/evaluations/evaluation";
import type { Clock } from "../platform/clock.ts";
import type { Db } from "../platform/db/client.ts";
import { compareEvaluations } from "./compare-evaluations.ts";
import type { EvaluationOrder } from "./evaluation-api.ts";
import { findReasons, sumSuites } from "./judge-evaluation.ts";
import { findBaseline, finishEvaluation, listCases } from "./store.ts";
import type { FinishedEvaluation } from "./store.ts";

interface Ending {
  cases: readonly CaseResult[];
  how: "completed" | "cancelled";
  judged: FinishedEvaluation["judged"];
}

/** Writes down what an evaluation has come to, and answers its verdict, with why it does not pass. Repeatable. */
export async function finishWith(
  { db, clock }: { db: Db; clock: Clock },
  order: EvaluationOrder,
  { cases, how, judged }: Ending,
): Promise<{ verdict: "pass" | "fail" | null; reasons: string[] }> {
  const isOver = how === "completed";
  const baseline = isOver ? await findBaseline(db, order.worker_id) : null;
  const suites = sumSuites(order.suites, cases);
  const names = order.suites.map(({ name }) => `${name}/`);
  const comparison =
    baseline === null || baseline === order.id
      ? null
      : compareEvaluations(
          // Of some suites alone the rest is not missing.
          {
            id: baseline,
            cases: (await listCases(db, baseline)).filter((one) => order.whole || isOf(one, names)),
          },
          { id: order.id, cases },
        );
  const samples = cases.flatMap((one) => one.samples);
  const reasons = isOver ? findReasons(suites, cases, comparison) : [];
  const verdict = isOver ? (reasons.length === 0 ? "pass" : "fail") : null;
  const count = Math.max(1, samples.length);
  await finishEvaluation(db, {
    id: order.id,
    workspace_id: order.workspace_id,
    worker_id: order.worker_id,
    status: how,
    verdict,
    cost_usd: samples.reduce((sum, { cost_usd }) => sum + cost_usd, 0),
    cases,
    judged,
    ended_at: clock(),
    becomesBaseline: order.whole && verdict === "pass",
    result: {
      suites,
      reasons,
      pass_rate: samples.filter(({ outcome }) => outcome === "passed").length / count,
      score: samples.reduce((sum, { score }) => sum + score, 0) / count,
      runs_done: samples.length,
      baseline: comparison === null ? null : baseline,
      against_baseline: comparison?.verdict ?? null,
      activation: null,
    },
  });
  return { verdict, reasons };
}

function isOf({ name }: CaseResult, suites: readonly string[]): boolean {
  return suites.some((prefix) => name.startsWith(prefix));
}
