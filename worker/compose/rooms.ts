import { grantRoutes, memberRoutes } from "#contract/members/routes";
import { userRoutes } from "#contract/users/routes";
import { actionRoutes } from "#contract/actions/routes";
import { deployRoutes } from "#contract/deploys/routes";
import { generateRoutes } from "#contract/generate/routes";
import { accountRoutes } from "#contract/accounts/routes";
import { alertRoutes } from "#contract/alerts/routes";
import { anomalyRoutes } from "#contract/anomalies/routes";
import { approvalRoutes } from "#contract/approvals/routes";
import { eventSubscriptionRoutes } from "#contract/event-subscriptions/routes";
import { auditRoutes } from "#contract/audit/routes";
import { moveRoutes } from "#contract/moves/routes";
import { callRoutes } from "#contract/calls/routes";
import { chartRoutes } from "#contract/charts/routes";
import { compatRunRoutes, compatSystemRoutes } from "#contract/compat/routes";
import { councilRoutes } from "#contract/councils/routes";
import { contextRoutes } from "#contract/contexts/routes";
import { deadLetterRoutes } from "#contract/dead-letters/routes";
import { deliveryRoutes } from "#contract/hooks/routes";
import { replayRoutes } from "#contract/replay/routes";
import { patternRoutes } from "#contract/patterns/routes";
import { reportRoutes } from "#contract/reports/routes";
import { runnerRoutes } from "#contract/runner/routes";
import { runRoutes } from "#contract/runs/routes";
import { secretRoutes } from "#contract/secrets/routes";
import { runStoreRoutes, storeRoutes } from "#contract/store/routes";
import { platformRoutes } from "#contract/system/routes";
import { scriptModelRoutes } from "#contract/script-models/routes";
import { scriptToolRoutes } from "#contract/script-tools/routes";
import { connectionRoutes } from "#contract/connections/routes";
import { evaluationRoutes } from "#contract/evaluations/routes";
import { memoryRoutes } from "#contract/memory/routes";
import { templateRoutes } from "#contract/templates/routes";
import { deviceRoutes } from "#contract/devices/routes";
import { oauthRoutes } from "#contract/oauth/routes";
import { tokenRoutes } from "#contract/tokens/routes";
import { toolCallRoutes } from "#contract/tool-calls/routes";
import { preferenceRoutes } from "#contract/preferences/routes";
import { topologyRoutes } from "#contract/topology/routes";
import { triggerRoutes } from "#contract/triggers/routes";
import { quotaRoutes } from "#contract/quotas/routes";
import { shareRoutes } from "#contract/shares/routes";
import { spendRoutes } from "#contract/spend/routes";
import { retentionRoutes } from "#contract/retention/routes";
import { uploadRoutes } from "#contract/uploads/routes";
import { variableRoutes } from "#contract/variables/routes";
import { versionRoutes } from "#contract/versions/routes";
import { workSessionRoutes } from "#contract/work-sessions/routes";
import { workerRoutes } from "#contract/workers/routes";
import { deviceHandlers } from "../access/devices/routes.ts";
import { tokenHandlers } from "../access/tokens/routes.ts";
import { grantHandlers } from "../access/grants/routes.ts";
import { memberHandlers } from "../access/members/routes.ts";
import { userHandlers } from "../access/members/user-routes.ts";
import { addressOf, requireRate } from "../access/rate/service.ts";
import { mountOutbox } from "../accounts/outbox-route.ts";
import { mountAuth } from "../accounts/auth-route.ts";
import { accountHandlers } from "../accounts/routes.ts";
import { eventSubscriptionHandlers } from "../alerts/listeners/routes.ts";
import { alertHandlers } from "../alerts/routes.ts";
import { anomalyHandlers } from "../anomalies/routes.ts";
import { mountReviewPage } from "../approvals/review-route.ts";
import { auditHandlers } from "../audit/routes.ts";
import { approvalHandlers } from "../approvals/routes.ts";
import { chartHandlers } from "../charts/routes.ts";
import { workSessionHandlers } from "../work-sessions/routes.ts";
import { councilHandlers } from "../councils/routes.ts";
import { contextHandlers } from "../contexts/routes.ts";
import { workerHandlers } from "../deploys/routes.ts";
import { deployHandlers } from "../deploys/one-call/deploy-routes.ts";
import { versionHandlers } from "../deploys/version-routes.ts";
import type { EdgeEnv } from "../env.ts";
import { deliveryHandlers } from "../hooks/delivery-routes.ts";
import { mountHooks } from "../hooks/hook-route.ts";
import type { EdgeHono } from "../http/request-context.ts";
import { mountMcp } from "../mcp/mcp-route.ts";
import { mountOAuth } from "../oauth/oauth-route.ts";
import { oauthHandlers } from "../oauth/routes.ts";
import { moveHandlers } from "../moves/routes.ts";
import { mountPages } from "../pages/page-routes.ts";
import { generateHandlers } from "../generate/routes.ts";
import { patternHandlers, reportHandlers } from "../reports/routes.ts";
import { quotaHandlers } from "../quotas/routes.ts";
import { spendHandlers } from "../spend/routes.ts";
import { retentionHandlers } from "../retention/routes.ts";
import { callHandlers } from "../runs/calls/call-routes.ts";
import { deadLetterHandlers } from "../runs/dead-letters/dead-letter-routes.ts";
import { replayHandlers } from "../runs/replay/replay-routes.ts";
import { actionHandlers } from "../runs/start/action-routes.ts";
import { runHandlers, runnerHandlers, toolCallHandlers } from "../runs/routes.ts";
import { compatRunHandlers } from "../runs/source/routes.ts";
import { scriptModelHandlers } from "../script-models/routes.ts";
import { scriptToolHandlers } from "../script-tools/routes.ts";
import { secretHandlers } from "../secrets/routes.ts";
import { shareHandlers } from "../shares/routes.ts";
import { runStoreHandlers, storeHandlers } from "../store/routes.ts";
import { compatSystemHandlers } from "../system/compat-routes.ts";
import { systemHandlers } from "../system/routes.ts";
import { connectionHandlers } from "../connections/routes.ts";
import { evaluationHandlers } from "../evaluations/routes.ts";
import { memoryHandlers } from "../memory/routes.ts";
import { templateHandlers } from "../templates/routes.ts";
import { preferenceHandlers } from "../preferences/routes.ts";
import { topologyHandlers } from "../topology/routes.ts";
import { variableHandlers } from "../variables/routes.ts";
import { triggerHandlers } from "../triggers/routes.ts";
import { uploadHandlers } from "../uploads/routes.ts";
import { accountDeps, outboxPageDeps } from "./account-deps.ts";
import { anomalyDeps } from "./trust/anomaly-deps.ts";
import { alertDeps, eventSubscriptionDeps } from "./alert-deps.ts";
import { auditDeps, rateDeps } from "./guard-deps.ts";
import { connectionDeps } from "./connections/connection-deps.ts";
import { contextDeps, memoryDeps } from "./context-deps.ts";
import { evaluationRouteDeps } from "./trust/evaluation-deps.ts";
import { defineRooms, room } from "./define-rooms.ts";
import { generateDeps } from "./strangers/generate-deps.ts";
import { deployDeps } from "./deploy-deps.ts";
import { gate, recordReview } from "./gate.ts";
import { grantDeps, memberDeps } from "./member-deps.ts";
import { retentionServiceDeps } from "./retention-deps.ts";
import {
  approvalDeps,
  callDeps,
  councilDeps,
  intakeDeps,
  quotaDeps,
  scriptToolDeps,
  replayDeps,
  startDeps,
  spendDeps,
  toolCallDeps,
  workSessionDeps,
} from "./run-deps.ts";
import { pageDeps, shareRouteDeps } from "./strangers/share-deps.ts";
import { scriptModelDeps } from "./programs/script-models.ts";
import { secretDeps } from "./secret-deps.ts";
import { storeDeps } from "./store-deps.ts";
import { mcpDeps, oauthDeps, tokenDeps } from "./token-deps.ts";
import { moveDeps, reportDeps, systemDeps, templateDeps, uploadDeps } from "./system-deps.ts";
import { hookDeps, triggerDeps } from "./trigger-deps.ts";

const rooms = defineRooms({
  system: room(platformRoutes, systemHandlers, systemDeps),
  compatSystem: room(compatSystemRoutes, compatSystemHandlers, systemDeps),
  accounts: room(accountRoutes, accountHandlers, accountDeps),
  uploads: room(uploadRoutes, uploadHandlers, uploadDeps),
  members: room(memberRoutes, memberHandlers, memberDeps),
  users: room(userRoutes, userHandlers, memberDeps),
  grants: room(grantRoutes, grantHandlers, grantDeps),
  // Before the workers: `public` names none.
  shares: room(shareRoutes, shareHandlers, shareRouteDeps),
  workers: room(workerRoutes, workerHandlers, deployDeps),
  deploys: room(deployRoutes, deployHandlers, deployDeps),
  versions: room(versionRoutes, versionHandlers, deployDeps),
  // Before the runs: `export.csv` is no run.
  generate: room(generateRoutes, generateHandlers, generateDeps),
  reports: room(reportRoutes, reportHandlers, reportDeps),
  patterns: room(patternRoutes, patternHandlers, reportDeps),
  runs: room(runRoutes, runHandlers, startDeps),
  charts: room(chartRoutes, chartHandlers, startDeps),
  actions: room(actionRoutes, actionHandlers, startDeps),
  compatRuns: room(compatRunRoutes, compatRunHandlers, startDeps),
  runner: room(runnerRoutes, runnerHandlers, intakeDeps),
  toolCalls: room(toolCallRoutes, toolCallHandlers, toolCallDeps),
  scriptModels: room(scriptModelRoutes, scriptModelHandlers, scriptModelDeps),
  scriptTools: room(scriptToolRoutes, scriptToolHandlers, scriptToolDeps),
  workSessions: room(workSessionRoutes, workSessionHandlers, workSessionDeps),
  councils: room(councilRoutes, councilHandlers, councilDeps),
  calls: room(callRoutes, callHandlers, callDeps),
  replay: room(replayRoutes, replayHandlers, replayDeps),
  deadLetters: room(deadLetterRoutes, deadLetterHandlers, replayDeps),
  approvals: room(approvalRoutes, approvalHandlers, approvalDeps),
  triggers: room(triggerRoutes, triggerHandlers, triggerDeps),
  deliveries: room(deliveryRoutes, deliveryHandlers, hookDeps),
  retention: room(retentionRoutes, retentionHandlers, retentionServiceDeps),
  moves: room(moveRoutes, moveHandlers, moveDeps),
  spend: room(spendRoutes, spendHandlers, spendDeps),
  quotas: room(quotaRoutes, quotaHandlers, quotaDeps),
  templates: room(templateRoutes, templateHandlers, templateDeps),
  connections: room(connectionRoutes, connectionHandlers, connectionDeps),
  memory: room(memoryRoutes, memoryHandlers, memoryDeps),
  evaluations: room(evaluationRoutes, evaluationHandlers, evaluationRouteDeps),
  secrets: room(secretRoutes, secretHandlers, secretDeps),
  audit: room(auditRoutes, auditHandlers, auditDeps),
  variables: room(variableRoutes, variableHandlers, (host) => ({ db: host.db })),
  preferences: room(preferenceRoutes, preferenceHandlers, ({ db, clock }) => ({ db, clock })),
  topology: room(topologyRoutes, topologyHandlers, (host) => ({ db: host.db, takeMark: host.takeMark })),
  anomalies: room(anomalyRoutes, anomalyHandlers, anomalyDeps),
  store: room(storeRoutes, storeHandlers, storeDeps),
  runStore: room(runStoreRoutes, runStoreHandlers, storeDeps),
  contexts: room(contextRoutes, contextHandlers, contextDeps),
  tokens: room(tokenRoutes, tokenHandlers, tokenDeps),
  devices: room(deviceRoutes, deviceHandlers, tokenDeps),
  oauth: room(oauthRoutes, oauthHandlers, oauthDeps),
  alerts: room(alertRoutes, alertHandlers, alertDeps),
  eventSubscriptions: room(eventSubscriptionRoutes, eventSubscriptionHandlers, eventSubscriptionDeps),
});

/** Mounts every room: the whole route table. */
export function mountRooms(app: EdgeHono<EdgeEnv>): void {
  for (const one of Object.values(rooms)) one.mount(app, gate);
}

/**
 * Mounts the ways in that lie beside the route table because strangers choose their form. What a tool of MCP asks of the
 * table goes by `askInside`.
 */
export function mountWaysIn(app: EdgeHono<EdgeEnv>, askInside: EdgeHono<EdgeEnv>["fetch"]): void {
  mountHooks(
    app,
    (env: EdgeEnv, context) => hookDeps(gate.openHost(env, context)),
    (env, context, worker) =>
      requireRate(rateDeps(gate.openHost(env, context)), "webhook", {
        address: addressOf(context.request),
        principal: null,
        worker,
      }),
  );
  mountAuth(
    app,
    (env: EdgeEnv, context) => accountDeps(gate.openHost(env, context)),
    (env, context) =>
      requireRate(rateDeps(gate.openHost(env, context)), "sign_in", {
        address: addressOf(context.request),
        principal: null,
      }),
  );
  mountOAuth(app, (env: EdgeEnv, context) => oauthDeps(gate.openHost(env, context)));
  mountMcp(app, (env: EdgeEnv, context) => mcpDeps(gate.openHost(env, context)), askInside);
  mountOutbox(app, (env: EdgeEnv, context) => outboxPageDeps(gate.openHost(env, context)));
  mountReviewPage(app, {
    buildDeps: (env: EdgeEnv, context) => approvalDeps(gate.openHost(env, context)),
    ended: (env, context, review) => recordReview(gate.openHost(env, context), context, review),
  });
  mountPages(app, (env: EdgeEnv, context) => pageDeps(gate.openHost(env, context)));
}
