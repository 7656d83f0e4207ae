import type { evaluationRoutes } from "#contract/evaluations/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { analyzeImpact } from "./impact-service.ts";
import { testWorker } from "./one-input/test-service.ts";
import type { TestDeps } from "./one-input/test-service.ts";
import {
  cancelEvaluation,
  compareTo,
  getEvaluation,
  holdTournament,
  listEvaluations,
  setBaseline,
  startEvaluation,
} from "./service.ts";
import type { EvaluationServiceDeps } from "./service.ts";

export const evaluationHandlers: RouteHandlers<typeof evaluationRoutes, EvaluationServiceDeps & TestDeps> = {
  startEvaluation: (deps, { principal, params, json }) =>
    startEvaluation(deps, principal, { worker: params.worker, ...json }),
  listEvaluations: (deps, { principal, params, query }) =>
    listEvaluations(deps, principal, { worker: params.worker, ...query }),
  getEvaluation: (deps, { principal, params }) => getEvaluation(deps, principal, params),
  cancelEvaluation: (deps, { principal, params }) => cancelEvaluation(deps, principal, params),
  compareEvaluations: (deps, { principal, params, query }) =>
    compareTo(deps, principal, { ...params, to: query.to }),
  setBaseline: (deps, { principal, params, json }) =>
    setBaseline(deps, principal, { worker: params.worker, evaluation: json.evaluation }),
  holdTournament: (deps, { principal, params, json }) =>
    holdTournament(deps, principal, { worker: params.worker, evaluations: json.evaluations }),
  testWorker: (deps, { principal, params, query, json }) =>
    testWorker(deps, principal, { worker: params.worker, waitSeconds: query.wait ?? 0, ...json }),
  analyzeImpact: (deps, { principal, params, query }) =>
    analyzeImpact(deps, principal, { worker: params.worker, version: query.version }),
};
