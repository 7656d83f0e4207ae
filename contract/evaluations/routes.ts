import type * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  compareQuerySchema,
  comparisonSchema,
  evaluationDetailSchema,
  evaluationPageSchema,
  evaluationSummarySchema,
  listEvaluationsQuerySchema,
  setBaselineSchema,
  startEvaluationSchema,
  tournamentRequestSchema,
  tournamentSchema,
} from "./evaluation.ts";
import { startRunQuerySchema } from "../runs/run.ts";
import { testReportSchema, workerTestSchema } from "./worker-test.ts";
import { impactQuerySchema, impactSchema } from "./impact.ts";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;

const tag = "Evaluations";

export const evaluationRoutes = {
  startEvaluation: defineRoute({
    id: "startEvaluation",
    method: "POST",
    path: "/api/workers/{worker}/evaluations",
    tag,
    summary: "Evaluate a version of a worker by the cases in its evals/",
    description:
      "Each sample of each case is one run of that version. It goes on by itself: ask for the evaluation until its status is completed.",
    access: "runs:write",
    body: { kind: "json", schema: startEvaluationSchema, limit: "json_body_bytes", optional: true },
    answer: { kind: "json", status: 202, schema: evaluationSummarySchema, description: "The evaluation." },
    problems: [
      "not_found",
      "no_evaluations",
      "too_many_evaluations",
      "version_not_released",
      "idempotency_conflict",
    ],
  }),
  listEvaluations: defineRoute({
    id: "listEvaluations",
    method: "GET",
    path: "/api/workers/{worker}/evaluations",
    tag,
    summary: "List a worker's evaluations, newest first",
    access: "workers:read",
    query: listEvaluationsQuerySchema,
    answer: answer(evaluationPageSchema, "A page of evaluations."),
    problems: ["not_found"],
  }),
  getEvaluation: defineRoute({
    id: "getEvaluation",
    method: "GET",
    path: "/api/workers/{worker}/evaluations/{evaluation}",
    tag,
    summary: "Show one evaluation with its cases",
    access: "workers:read",
    answer: answer(evaluationDetailSchema, "The evaluation."),
    problems: ["not_found"],
  }),
  cancelEvaluation: defineRoute({
    id: "cancelEvaluation",
    method: "POST",
    path: "/api/workers/{worker}/evaluations/{evaluation}/cancel",
    tag,
    summary: "End an evaluation with its runs; one that has ended stays as it is",
    access: "runs:write",
    answer: answer(evaluationSummarySchema, "The evaluation as it is now."),
    problems: ["not_found"],
  }),
  compareEvaluations: defineRoute({
    id: "compareEvaluations",
    method: "GET",
    path: "/api/workers/{worker}/evaluations/{evaluation}/compare",
    tag,
    summary: "Compare an evaluation with the baseline or another one, with a verdict",
    description:
      "regression and improvement are said by an exact test at alpha 0.05; everything else is noise. Names each case that got worse.",
    access: "workers:read",
    query: compareQuerySchema,
    answer: answer(comparisonSchema, "The comparison."),
    problems: ["not_found", "evaluation_not_over", "baseline_missing"],
  }),
  setBaseline: defineRoute({
    id: "setBaseline",
    method: "PUT",
    path: "/api/workers/{worker}/evaluation-baseline",
    tag,
    summary: "Make an evaluation the baseline that later ones are compared with",
    access: "workers:write",
    body: { kind: "json", schema: setBaselineSchema, limit: "json_body_bytes" },
    answer: answer(evaluationSummarySchema, "The baseline."),
    problems: ["not_found", "evaluation_not_over", "evaluation_failed_before"],
  }),
  holdTournament: defineRoute({
    id: "holdTournament",
    method: "POST",
    path: "/api/workers/{worker}/evaluation-tournament",
    tag,
    summary: "Rank evaluations of several versions by comparing each with each",
    access: "workers:read",
    body: { kind: "json", schema: tournamentRequestSchema, limit: "json_body_bytes" },
    answer: answer(tournamentSchema, "The ranking."),
    problems: ["not_found", "evaluation_not_over"],
  }),
  testWorker: defineRoute({
    id: "testWorker",
    method: "POST",
    path: "/api/workers/{worker}/test",
    tag,
    summary: "Give a version one input, and judge what it gives",
    description:
      "One run of that version, active or not. Answers its outputs, what is wrong with inputs and outputs by JSON pointer, cost, time, the end of its log, and a verdict; without one while the run is under way: ask again with the same `key`. Inputs that the version refuses are answered as a report, not as a problem.",
    access: "runs:write",
    query: startRunQuerySchema,
    body: { kind: "json", schema: workerTestSchema, limit: "json_body_bytes", optional: true },
    answer: answer(testReportSchema, "What it has come to."),
    problems: [
      "not_found",
      "version_not_released",
      "worker_archived",
      "worker_paused",
      "worker_not_runnable",
      "unknown_action",
      "action_required",
      "missing_secrets",
      "idempotency_conflict",
      "queue_full",
    ],
  }),
  analyzeImpact: defineRoute({
    id: "analyzeImpact",
    method: "GET",
    path: "/api/workers/{worker}/impact",
    tag,
    summary: "Say what depends on a worker, and what a version of it would break",
    access: "workers:read",
    query: impactQuerySchema,
    answer: answer(impactSchema, "Who depends on it."),
    problems: ["not_found"],
  }),
} as const;
