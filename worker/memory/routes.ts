import type { memoryRoutes } from "#contract/memory/routes";
import type { RouteHandlers } from "../http/mount.ts";
import { addFeedback, listFeedback, listLearnings, resolveFeedback, reviewLearning } from "./service.ts";
import type { MemoryDeps } from "./service.ts";

export const memoryHandlers: RouteHandlers<typeof memoryRoutes, MemoryDeps> = {
  listLearnings: (deps, { principal, params, query }) =>
    listLearnings(deps, principal, { worker: params.worker, ...query }),
  reviewLearning: (deps, { principal, params, json }) =>
    reviewLearning(deps, principal, { ...params, verdict: json.verdict }),
  listFeedback: (deps, { principal, params }) => listFeedback(deps, principal, params.worker),
  addFeedback: (deps, { principal, params, json }) =>
    addFeedback(deps, principal, { worker: params.worker, text: json.text }),
  resolveFeedback: (deps, { principal, params }) => resolveFeedback(deps, principal, params),
};
