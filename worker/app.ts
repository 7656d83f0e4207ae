import { Hono } from "hono";
import { routes } from "#contract/routes";
import { approvalRoutes } from "#contract/approvals/routes";
import { deliveryRoutes } from "#contract/hooks/routes";
import { platformRoutes } from "#contract/system/routes";
import { callRoutes } from "#contract/calls/routes";
import { replayRoutes } from "#contract/replay/routes";
import { alertRoutes } from "#contract/alerts/routes";
import { deadLetterRoutes } from "#contract/dead-letters/routes";
import { runRoutes } from "#contract/runs/routes";
import { runnerRoutes } from "#contract/runner/routes";
import { versionRoutes } from "#contract/versions/routes";
import { triggerRoutes } from "#contract/triggers/routes";
import { workerRoutes } from "#contract/workers/routes";
import { versionHandlers } from "./deploys/version-routes.ts";
import { mountReviewPage } from "./approvals/review-route.ts";
import { approvalHandlers } from "./approvals/routes.ts";
import { alertHandlers } from "./alerts/routes.ts";
import { workerHandlers } from "./deploys/routes.ts";
import { buildDeps } from "./compose/deps.ts";
import type { EdgeEnv } from "./env.ts";
import { answerError, contextOf, mount } from "./http/mount.ts";
import { refuseUnknown } from "./http/unknown-route.ts";
import { newId } from "./platform/ids.ts";
import { callHandlers } from "./runs/calls/call-routes.ts";
import { replayHandlers } from "./runs/replay/replay-routes.ts";
import { deadLetterHandlers } from "./runs/dead-letters/dead-letter-routes.ts";
import { runHandlers, runnerHandlers } from "./runs/routes.ts";
import { systemHandlers } from "./system/routes.ts";
import { deliveryHandlers } from "./hooks/delivery-routes.ts";
import { mountHooks } from "./hooks/hook-route.ts";
import { triggerHandlers } from "./triggers/routes.ts";
import { uploadHandlers } from "./uploads/routes.ts";

const newRequestId = () => newId("req", Date.now());

/** The edge as one Hono app: the route table's rooms, and a problem document for everything else. */
export function buildApp(): Hono<{ Bindings: EdgeEnv }> {
  const app = new Hono<{ Bindings: EdgeEnv }>();
  const options = { buildDeps, newRequestId };
  mount(app, { routes: platformRoutes, handlers: { ...systemHandlers, ...uploadHandlers } }, options);
  mount(app, { routes: workerRoutes, handlers: workerHandlers }, options);
  mount(app, { routes: runRoutes, handlers: runHandlers }, options);
  mount(app, { routes: deadLetterRoutes, handlers: deadLetterHandlers }, options);
  mount(app, { routes: approvalRoutes, handlers: approvalHandlers }, options);
  mount(app, { routes: runnerRoutes, handlers: runnerHandlers }, options);
  mount(app, { routes: versionRoutes, handlers: versionHandlers }, options);
  mount(app, { routes: replayRoutes, handlers: replayHandlers }, options);
  mount(app, { routes: callRoutes, handlers: callHandlers }, options);
  mount(app, { routes: triggerRoutes, handlers: triggerHandlers }, options);
  mount(app, { routes: alertRoutes, handlers: alertHandlers }, options);
  mount(app, { routes: deliveryRoutes, handlers: deliveryHandlers }, options);
  mountHooks(app, options);
  mountReviewPage(app, options);
  app.notFound((c) => refuseUnknown(routes, contextOf(c, newRequestId)));
  app.onError((error, c) => answerError(error, contextOf(c, newRequestId)));
  return app;
}
