import type { LimitName } from "./limits.ts";
import type { ProblemCode } from "./problem-registry.ts";
import type { Route } from "./route.ts";
import { grantRoutes, memberRoutes } from "./members/routes.ts";
import { userRoutes } from "./users/routes.ts";
import { actionRoutes } from "./actions/routes.ts";
import { deployRoutes } from "./deploys/routes.ts";
import { generateRoutes } from "./generate/routes.ts";
import { accountRoutes } from "./accounts/routes.ts";
import { alertRoutes } from "./alerts/routes.ts";
import { eventSubscriptionRoutes } from "./event-subscriptions/routes.ts";
import { deliveryRoutes } from "./hooks/routes.ts";
import { runnerRoutes } from "./runner/routes.ts";
import { anomalyRoutes } from "./anomalies/routes.ts";
import { auditRoutes } from "./audit/routes.ts";
import { moveRoutes } from "./moves/routes.ts";
import { callRoutes } from "./calls/routes.ts";
import { replayRoutes } from "./replay/routes.ts";
import { retentionRoutes } from "./retention/routes.ts";
import { approvalRoutes } from "./approvals/routes.ts";
import { compatRunRoutes, compatSystemRoutes } from "./compat/routes.ts";
import { deadLetterRoutes } from "./dead-letters/routes.ts";
import { preferenceRoutes } from "./preferences/routes.ts";
import { patternRoutes } from "./patterns/routes.ts";
import { reportRoutes } from "./reports/routes.ts";
import { chartRoutes } from "./charts/routes.ts";
import { runRoutes } from "./runs/routes.ts";
import { versionRoutes } from "./versions/routes.ts";
import { shareRoutes } from "./shares/routes.ts";
import { runStoreRoutes, storeRoutes } from "./store/routes.ts";
import { platformRoutes } from "./system/routes.ts";
import { quotaRoutes } from "./quotas/routes.ts";
import { spendRoutes } from "./spend/routes.ts";
import { secretRoutes } from "./secrets/routes.ts";
import { connectionRoutes } from "./connections/routes.ts";
import { evaluationRoutes } from "./evaluations/routes.ts";
import { memoryRoutes } from "./memory/routes.ts";
import { templateRoutes } from "./templates/routes.ts";
import { deviceRoutes } from "./devices/routes.ts";
import { oauthRoutes } from "./oauth/routes.ts";
import { tokenRoutes } from "./tokens/routes.ts";
import { scriptToolRoutes } from "./script-tools/routes.ts";
import { scriptModelRoutes } from "./script-models/routes.ts";
import { toolCallRoutes } from "./tool-calls/routes.ts";
import { topologyRoutes } from "./topology/routes.ts";
import { triggerRoutes } from "./triggers/routes.ts";
import { contextRoutes } from "./contexts/routes.ts";
import { councilRoutes } from "./councils/routes.ts";
import { uploadRoutes } from "./uploads/routes.ts";
import { variableRoutes } from "./variables/routes.ts";
import { workSessionRoutes } from "./work-sessions/routes.ts";
import { workerRoutes } from "./workers/routes.ts";

/** A route whose limits and problems are in their tables. */
export type TableRoute = Route<LimitName, ProblemCode>;

/** The one table of every HTTP operation. Mount, client, OpenAPI, reference and the every-route tests read it. */
export const routes = {
  ...platformRoutes,
  ...compatSystemRoutes,
  ...accountRoutes,
  ...uploadRoutes,
  ...memberRoutes,
  ...userRoutes,
  ...grantRoutes,
  // Before the workers: `public` names none.
  ...shareRoutes,
  ...workerRoutes,
  ...deployRoutes,
  ...generateRoutes,
  ...reportRoutes,
  ...patternRoutes,
  ...runRoutes,
  ...chartRoutes,
  ...actionRoutes,
  ...compatRunRoutes,
  ...deadLetterRoutes,
  ...approvalRoutes,
  ...versionRoutes,
  ...replayRoutes,
  ...callRoutes,
  ...toolCallRoutes,
  ...councilRoutes,
  ...workSessionRoutes,
  ...scriptToolRoutes,
  ...scriptModelRoutes,
  ...triggerRoutes,
  ...deliveryRoutes,
  ...alertRoutes,
  ...eventSubscriptionRoutes,
  ...templateRoutes,
  ...connectionRoutes,
  ...memoryRoutes,
  ...evaluationRoutes,
  ...secretRoutes,
  ...storeRoutes,
  ...runStoreRoutes,
  ...contextRoutes,
  ...tokenRoutes,
  ...deviceRoutes,
  ...oauthRoutes,
  ...retentionRoutes,
  ...moveRoutes,
  ...spendRoutes,
  ...quotaRoutes,
  ...auditRoutes,
  ...anomalyRoutes,
  ...topologyRoutes,
  ...variableRoutes,
  ...preferenceRoutes,
  ...runnerRoutes,
} as const satisfies Record<string, TableRoute>;

export type Routes = typeof routes;
export type RouteId = keyof Routes;
