import type { CaseResult, Comparison, Tournament } from "#contract/evaluations/evaluation";
import { compareEvaluations } from "./compare-evaluations.ts";
import type { ComparedEvaluation } from "./compare-evaluations.ts";
import { ALPHA } from "./exact-test.ts";

/** An evaluation that takes part. */
export interface Player extends ComparedEvaluation {
  version: number;
  cost_usd: number;
}

/**
 * Compares each with each. The alpha of all of them together is shared (Bonferroni): where none is better than another,
 * one of twenty tournaments names a winner at most. Pure.
 */
export function rankEvaluations(players: readonly Player[]): Tournament {
  const duels = players.flatMap((before, at) => players.slice(at + 1).map((after) => ({ before, after })));
  const alpha = ALPHA / Math.max(1, duels.length);
  const pairs = duels.map(({ before, after }) => compareEvaluations(before, after, alpha));
  const ranking = players.map(({ id, version, cost_usd, cases }) => {
    const of = countDuels(id, pairs);
    return { evaluation: id, version, ...of, ...meansOf(cases), cost_usd };
  });
  ranking.sort(
    (one, other) =>
      other.wins - other.losses - (one.wins - one.losses) ||
      other.pass_rate - one.pass_rate ||
      other.score - one.score ||
      one.cost_usd - other.cost_usd ||
      other.version - one.version,
  );
  return {
    ranking,
    pairs: pairs.map(({ before, after, verdict, p_worse, p_better }) => {
      return { before, after, verdict, p_worse, p_better };
    }),
    alpha,
  };
}

function countDuels(id: string, pairs: readonly Comparison[]) {
  const own = pairs.filter(({ before, after }) => before === id || after === id);
  const isWon = ({ after, verdict }: Comparison) => verdict === (after === id ? "improvement" : "regression");
  const draws = own.filter(({ verdict }) => verdict === "noise").length;
  const wins = own.filter(isWon).length;
  return { wins, losses: own.length - wins - draws, draws };
}

function meansOf(cases: readonly CaseResult[]) {
  const samples = cases.flatMap((one) => one.samples);
  const times = samples.flatMap(({ latency_ms: ms }) => (ms === null ? [] : [ms]));
  const passed = samples.filter(({ outcome }) => outcome === "passed").length;
  const count = Math.max(1, samples.length);
  return {
    pass_rate: passed / count,
    score: samples.reduce((sum, { score }) => sum + score, 0) / count,
    mean_latency_ms: times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / times.length,
  };
}
