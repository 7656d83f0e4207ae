import type { FailureCategory } from "#contract/reports/report";
import { isFailureCode } from "#contract/runs/run-failure";
import type { FailureCodeName } from "#contract/runs/run-failure";

const categories: Readonly<Record<FailureCodeName, FailureCategory>> = {
  execution_error: "crash",
  worker_reported_error: "crash",
  missing_result: "validation",
  invalid_result_json: "validation",
  invalid_outputs_shape: "validation",
  output_validation_failed: "validation",
  store_conflict: "validation",
  output_too_large: "resource",
  template_failed: "config",
  install_failed: "config",
  timeout: "timeout",
  sandbox_oom: "resource",
  disk_full: "resource",
  invalid_worker: "config",
  missing_secrets: "auth",
  missing_contexts: "validation",
  context_conflict: "unknown",
  context_refused: "validation",
  secret_in_file: "validation",
  secrets_clash: "config",
  spend_cap_exceeded: "resource",
  user_cancel: "cancelled",
  cancelled_queued: "cancelled",
  superseded: "cancelled",
  queue_expired: "timeout",
  external_timeout: "timeout",
  e2b_sandbox_error: "network",
  e2b_quota_exhausted: "resource",
  missing_e2b_key: "config",
  journal_lost: "network",
  internal_error: "unknown",
  tool_iteration_cap_exceeded: "resource",
  token_cap_exceeded: "resource",
  output_token_limit: "resource",
  schema_violation: "validation",
  llm_model_not_configured: "config",
  llm_auth_error: "auth",
  llm_quota_exceeded: "resource",
  llm_rate_limited: "network",
  llm_provider_error: "network",
  agent_runtime_error: "unknown",
};

/** The kind of a failure by its code; `unknown` for none and for a code that is not among ours. Pure. */
export function categorizeFailure(code: string | null): FailureCategory {
  return code !== null && isFailureCode(code) ? categories[code] : "unknown";
}
