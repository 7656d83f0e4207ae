import { KIB, MIB } from "./limit.ts";
import type { Limit } from "./limit.ts";
import { accessLimits } from "./members/limits.ts";
import { accountLimits } from "./accounts/limits.ts";
import { agentLimits } from "./agents/limits.ts";
import { alertLimits } from "./alerts/limits.ts";
import { anomalyLimits } from "./anomalies/limits.ts";
import { approvalLimits } from "./approvals/limits.ts";
import { auditLimits } from "./audit/limits.ts";
import { callLimits } from "./calls/limits.ts";
import { contextLimits } from "./contexts/limits.ts";
import { councilLimits } from "./councils/limits.ts";
import { deadLetterLimits } from "./dead-letters/limits.ts";
import { hookLimits } from "./hooks/limits.ts";
import { eventSubscriptionLimits } from "./event-subscriptions/limits.ts";
import { mcpLimits } from "./mcp/limits.ts";
import { evaluationLimits } from "./evaluations/limits.ts";
import { memoryLimits } from "./memory/limits.ts";
import { preferenceLimits } from "./preferences/limits.ts";
import { manifestLimits } from "./manifest/limits.ts";
import { pipelineLimits } from "./pipelines/limits.ts";
import { queryLimits } from "./queries/limits.ts";
import { quotaLimits } from "./quotas/limits.ts";
import { moveLimits } from "./moves/limits.ts";
import { replayLimits } from "./replay/limits.ts";
import { reportLimits } from "./reports/limits.ts";
import { retentionLimits } from "./retention/limits.ts";
import { runnerLimits } from "./runner/limits.ts";
import { runLimits } from "./runs/limits.ts";
import { requestLimits } from "./request-limits.ts";
import { secretLimits } from "./secrets/limits.ts";
import { shareLimits } from "./shares/limits.ts";
import { storeLimits } from "./store/limits.ts";
import { scriptModelLimits } from "./script-models/limits.ts";
import { scriptToolLimits } from "./script-tools/limits.ts";
import { connectionLimits } from "./connections/limits.ts";
import { templateLimits } from "./templates/limits.ts";
import { oauthLimits } from "./oauth/limits.ts";
import { tokenLimits } from "./tokens/limits.ts";
import { toolCallLimits } from "./tool-calls/limits.ts";
import { topologyLimits } from "./topology/limits.ts";
import { triggerLimits } from "./triggers/limits.ts";
import { variableLimits } from "./variables/limits.ts";
import { workSessionLimits } from "./work-sessions/limits.ts";
import { workerLimits } from "./workers/limits.ts";

/**
 * Every number a user can meet, put together from the nouns' tables. The reference page is generated from it. A name is
 * unique in the whole table: a test sees to it.
 */
export const limits = {
  ...requestLimits,
  ...accessLimits,
  ...manifestLimits,
  ...mcpLimits,
  ...memoryLimits,
  ...evaluationLimits,
  ...preferenceLimits,
  ...workerLimits,
  ...runLimits,
  ...runnerLimits,
  ...hookLimits,
  ...toolCallLimits,
  ...scriptToolLimits,
  ...scriptModelLimits,
  ...triggerLimits,
  ...queryLimits,
  ...quotaLimits,
  ...pipelineLimits,
  ...councilLimits,
  ...workSessionLimits,
  ...callLimits,
  ...replayLimits,
  ...approvalLimits,
  ...accountLimits,
  ...agentLimits,
  ...alertLimits,
  ...eventSubscriptionLimits,
  ...deadLetterLimits,
  ...retentionLimits,
  ...reportLimits,
  ...templateLimits,
  ...connectionLimits,
  ...secretLimits,
  ...auditLimits,
  ...anomalyLimits,
  ...topologyLimits,
  ...variableLimits,
  ...storeLimits,
  ...contextLimits,
  ...tokenLimits,
  ...oauthLimits,
  ...moveLimits,
  ...shareLimits,
} as const;

export type LimitName = keyof typeof limits;

/** A limit as people read it, e.g. `5 MiB`, `2,000 files`, `60 seconds`. */
export function formatLimit(name: LimitName): string {
  return formatAmount(limits[name]);
}

/** A row of the table as people read it. */
export function formatAmount({ value, unit }: Limit): string {
  if (unit !== "bytes") return `${value.toLocaleString("en-US")} ${unit}`;
  return value >= MIB ? `${value / MIB} MiB` : `${value / KIB} KiB`;
}
