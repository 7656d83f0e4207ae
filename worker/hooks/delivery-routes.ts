import type { deliveryRoutes } from "#contract/hooks/routes";
import type { RouteHandlers } from "../http/mount.ts";
import type { HookDeps } from "./hook-service.ts";
import { rotateToken } from "./token-service.ts";
import { getDelivery, listDeliveries, redeliver, redeliverMany, rotateSecret } from "./delivery-service.ts";

export const deliveryHandlers: RouteHandlers<typeof deliveryRoutes, HookDeps> = {
  listDeliveries: (deps, { principal, params, query }) =>
    listDeliveries(deps, principal, {
      triggerId: params.trigger,
      verdict: query.verdict,
      cursor: query.cursor,
      limit: query.limit,
    }),
  getDelivery: (deps, { principal, params }) =>
    getDelivery(deps, principal, { triggerId: params.trigger, deliveryId: params.delivery }),
  redeliver: (deps, { principal, params }) =>
    redeliver(deps, principal, {
      triggerId: params.trigger,
      deliveryId: params.delivery,
    }),
  redeliverMany: (deps, { principal, params, json }) =>
    redeliverMany(deps, principal, {
      triggerId: params.trigger,
      choice: json,
    }),
  rotateTriggerSecret: (deps, { principal, params, json }) =>
    rotateSecret(deps, principal, {
      hook: { triggerId: params.trigger },
      overlapSeconds: json.overlap_seconds,
      secret: json.secret,
    }),
  rotateWorkerSecret: (deps, { principal, params, json }) =>
    rotateSecret(deps, principal, {
      hook: { workerName: params.worker },
      overlapSeconds: json.overlap_seconds,
      secret: json.secret,
    }),
  rotateWorkerToken: (deps, { principal, params, json, context }) =>
    rotateToken(deps, principal, {
      workerName: params.worker,
      overlapSeconds: json.overlap_seconds,
      linkOrigin: context.linkOrigin,
    }),
};
