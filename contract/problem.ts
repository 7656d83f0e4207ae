import * as z from "zod";
import { accessProblems } from "./access/problems.ts";
import { accountProblems } from "./accounts/problems.ts";
import { actionProblems } from "./actions/problems.ts";
import { approvalProblems } from "./approvals/problems.ts";
import { auditProblems } from "./audit/problems.ts";
import { callProblems } from "./calls/problems.ts";
import { chartProblems } from "./charts/problems.ts";
import { contextProblems } from "./contexts/problems.ts";
import { eventSubscriptionProblems } from "./event-subscriptions/problems.ts";
import { hookProblems } from "./hooks/problems.ts";
import { manifestProblems } from "./manifest/problems.ts";
import { moveProblems } from "./moves/problems.ts";
import { runnerProblems } from "./runner/problems.ts";
import { runProblems } from "./runs/problems.ts";
import { scriptModelProblems } from "./script-models/problems.ts";
import { secretProblems } from "./secrets/problems.ts";
import { quotaProblems } from "./quotas/problems.ts";
import { shareProblems } from "./shares/problems.ts";
import { spendProblems } from "./spend/problems.ts";
import { storeProblems } from "./store/problems.ts";
import { systemProblems } from "./system/problems.ts";
import { connectionProblems } from "./connections/problems.ts";
import { memoryProblems } from "./memory/problems.ts";
import { templateProblems } from "./templates/problems.ts";
import { oauthProblems } from "./oauth/problems.ts";
import { tokenProblems } from "./tokens/problems.ts";
import { triggerProblems } from "./triggers/problems.ts";
import { versionProblems } from "./versions/problems.ts";
import { variableProblems } from "./variables/problems.ts";
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
  ...scriptModelProblems,
  ...actionProblems,
  ...runnerProblems,
  ...callProblems,
  ...approvalProblems,
  ...hookProblems,
  ...eventSubscriptionProblems,
  ...triggerProblems,
  ...templateProblems,
  ...connectionProblems,
  ...memoryProblems,
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
  ...variableProblems,
} as const;

export type ProblemCode = keyof typeof problems;

/** One field that is wrong. `pointer` is a JSON Pointer (RFC 6901) into the request body, or a parameter's name. */
export const problemErrorSchema = z.object({
  pointer: z.string(),
  detail: z.string(),
  code: z.string().optional(),
  fix: z.string().optional(),
  file: z.string().optional(),
  line: z.int().positive().optional(),
  column: z.int().positive().optional(),
});
export type ProblemError = z.infer<typeof problemErrorSchema>;

/** The one error document, RFC 9457 (application/problem+json), with our extensions. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string(),
  code: z.string(),
  request_id: z.string(),
  retryable: z.boolean(),
  errors: z.array(problemErrorSchema).optional(),
  /** Of a request too many: the code once more as the first Floom's clients look for it, and the seconds to wait. */
  error_code: z.literal("rate_limit_exceeded").optional(),
  retry_after: z.int().positive().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_CONTENT_TYPE = "application/problem+json";
