import { alertRoutes } from "./routes-alerts.ts";
import { deliveryRoutes } from "./routes-deliveries.ts";
import { runnerRoutes } from "./routes-runner.ts";
import { callRoutes } from "./routes-calls.ts";
import { replayRoutes } from "./routes-replay.ts";
import { approvalRoutes } from "./routes-approvals.ts";
import { deadLetterRoutes } from "./routes-deadletters.ts";
import { runRoutes } from "./routes-runs.ts";
import { versionRoutes } from "./routes-versions.ts";
import { platformRoutes } from "./routes-platform.ts";
import { triggerRoutes } from "./routes-triggers.ts";
import { workerRoutes } from "./routes-workers.ts";

/** The one table of every HTTP operation. Mount, client, OpenAPI, reference and the every-route tests read it. */
export const routes = {
  ...platformRoutes,
  ...workerRoutes,
  ...runRoutes,
  ...deadLetterRoutes,
  ...approvalRoutes,
  ...versionRoutes,
  ...replayRoutes,
  ...callRoutes,
  ...triggerRoutes,
  ...deliveryRoutes,
  ...alertRoutes,
  ...runnerRoutes,
} as const;

export type Routes = typeof routes;
export type RouteId = keyof Routes;
