import { accessProblems } from "./access/problems.ts";
import { accountProblems } from "./accounts/problems.ts";
import { actionProblems } from "./actions/problems.ts";
import { approvalProblems } from "./approvals/problems.ts";
import { auditProblems } from "./audit/problems.ts";
import { callProblems } from "./calls/problems.ts";
import { chartProblems } from "./charts/problems.ts";
import { contextProblems } from "./contexts/problems.ts";
import { councilProblems } from "./councils/problems.ts";
import { eventSubscriptionProblems } from "./event-subscriptions/problems.ts";
import { scriptModelProblems } from "./script-models/problems.ts";
import { evaluationProblems } from "./evaluations/problems.ts";
import { memoryProblems } from "./memory/problems.ts";
import { variableProblems } from "./variables/problems.ts";
import { pipelineProblems } from "./pipelines/problems.ts";
import { hookProblems } from "./hooks/problems.ts";
import { manifestProblems } from "./manifest/problems.ts";
import { moveProblems } from "./moves/problems.ts";
import { runnerProblems } from "./runner/problems.ts";
import { runProblems } from "./runs/problems.ts";
import { secretProblems } from "./secrets/problems.ts";
import { quotaProblems } from "./quotas/problems.ts";
import { shareProblems } from "./shares/problems.ts";
import { spendProblems } from "./spend/problems.ts";
import { storeProblems } from "./store/problems.ts";
import { systemProblems } from "./system/problems.ts";
import { connectionProblems } from "./connections/problems.ts";
import { templateProblems } from "./templates/problems.ts";
import { oauthProblems } from "./oauth/problems.ts";
import { tokenProblems } from "./tokens/problems.ts";
import { triggerProblems } from "./triggers/problems.ts";
import { versionProblems } from "./versions/problems.ts";
import { workSessionProblems } from "./work-sessions/problems.ts";
import { workerProblems } from "./workers/problems.ts";

/**
 * Every refusal the API can give, put together from the nouns' tables: code -> status, title, remedy. One page of the
 * reference is generated from it. A code is unique in the whole table: a test sees to it.
 */
export const problems = {
  ...systemProblems,
  ...accessProblems,
  ...accountProblems,
  ...manifestProblems,
  ...workerProblems,
  ...versionProblems,
  ...runProblems,
  ...actionProblems,
  ...runnerProblems,
  ...callProblems,
  ...pipelineProblems,
  ...councilProblems,
  ...workSessionProblems,
  ...scriptModelProblems,
  ...eventSubscriptionProblems,
  ...memoryProblems,
  ...evaluationProblems,
  ...variableProblems,
  ...approvalProblems,
  ...hookProblems,
  ...triggerProblems,
  ...templateProblems,
  ...connectionProblems,
  ...secretProblems,
  ...auditProblems,
  ...storeProblems,
  ...chartProblems,
  ...contextProblems,
  ...tokenProblems,
  ...oauthProblems,
  ...moveProblems,
  ...shareProblems,
  ...spendProblems,
  ...quotaProblems,
} as const;

export type ProblemCode = keyof typeof problems;
