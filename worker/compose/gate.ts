import { authorize } from "../access/authorize.ts";
import { addressOf, requireAddressRate, requireRate } from "../access/rate/service.ts";
import type { EndedReview } from "../approvals/review-route.ts";
import { recordCall } from "../audit/service.ts";
import { actionRoutes } from "#contract/actions/routes";
import { approvalRoutes } from "#contract/approvals/routes";
import { rateOf } from "#contract/rates/route-rates";
import type { TableRoute } from "#contract/routes";
import { runRoutes } from "#contract/runs/routes";
import { ForeseenWorker } from "../catalog/foreseen-worker.ts";
import type { EdgeEnv } from "../env.ts";
import type { Gate } from "../http/mount.ts";
import type { RequestContext } from "../http/request-context.ts";
import { accessDeps } from "./access-deps.ts";
import { auditDeps, rateDeps } from "./guard-deps.ts";
import { Host } from "./host.ts";

/** What stands before every route of every room, and behind it. */
export const gate: Gate<EdgeEnv, Host> = {
  openHost: (env, context) => new Host(env, context.linkOrigin, context.waitUntil),
  authorize: async (host, route, request) => {
    const rates = rateDeps(host);
    const address = addressOf(request.raw);
    const isOfRun = route.access === "run_token";
    if (!isOfRun) requireAddressRate(rates, address);
    host.foreseen = foresee(host, route, request.params);
    const principal = await authorize(accessDeps(host), route, request).catch((error: unknown) => {
      if (isOfRun) requireAddressRate(rates, address);
      throw error;
    });
    await requireRate(rates, rateOf(route), { address, principal });
    return principal;
  },
  ended: (host, route, call) => recordCall(auditDeps(host), route, call),
};

/** Puts a decision of the review page on record as the route's that it stands for: what it does is the same. */
export function recordReview(host: Host, context: RequestContext, review: EndedReview): Promise<void> {
  const { approval, decision, principal, answer, refusal } = review;
  const { approveByLink, rejectByLink } = approvalRoutes;
  return gate.ended(host, decision.verdict === "approved" ? approveByLink : rejectByLink, {
    request: context.request,
    requestId: context.requestId,
    params: { approval },
    principal,
    json: decision.body,
    answer,
    refusal,
  });
}

const STARTS: ReadonlySet<string> = new Set([runRoutes.startRun.id, actionRoutes.startAction.id]);

/** A start is asked for often and answered by its worker alone, which the database is asked for together with the token. */
function foresee(host: Host, route: TableRoute, params: Record<string, string>): ForeseenWorker | undefined {
  const { worker } = params;
  return STARTS.has(route.id) && worker !== undefined ? new ForeseenWorker(host.db, worker) : undefined;
}
