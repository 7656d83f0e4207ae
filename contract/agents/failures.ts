const failure = (kind: "worker" | "limit" | "policy" | "platform", message: string, hint: string) => ({
  kind,
  message,
  hint,
  retryable: false,
});

/** Starting the run again may help without anybody changing anything. */
const passing = (message: string, hint: string) => ({
  ...failure("platform", message, hint),
  retryable: true,
});

/** Ways in which the run of an agent can fail besides those of every run. Codes as in Floom's API, section 3.3. */
export const agentFailures = {
  tool_iteration_cap_exceeded: failure(
    "limit",
    "The agent took more turns than it may.",
    "Raise limits.max_tool_iterations in worker.yml, or say in SKILL.md how to come to an end sooner.",
  ),
  token_cap_exceeded: failure(
    "limit",
    "The agent used more tokens than it may.",
    "Raise limits.max_total_tokens in worker.yml, or give it less to read.",
  ),
  output_token_limit: failure(
    "limit",
    "The model's answer was cut off at the limit of its length.",
    "Raise limits.max_output_tokens in worker.yml, or ask for shorter outputs.",
  ),
  schema_violation: failure(
    "worker",
    "The agent ended without the outputs that worker.yml declares, and did not mend it when it was told.",
    "Say in SKILL.md what each output is made of; outputs/transcript.jsonl shows what the agent did.",
  ),
  llm_model_not_configured: failure(
    "policy",
    "There is no model that the agent could use.",
    "Set a key, e.g. `floom secrets set ANTHROPIC_API_KEY`, and a model in worker.yml or as the workspace's default_model.",
  ),
  llm_auth_error: failure(
    "policy",
    "The model's provider refuses the key.",
    "Set the provider's key anew with `floom secrets set`.",
  ),
  llm_quota_exceeded: failure(
    "policy",
    "The account at the model's provider has nothing left to spend.",
    "Pay in there, or name another model.",
  ),
  llm_rate_limited: passing(
    "The model's provider takes no more requests now.",
    "Start the run again later, or name a fallback_model for the workspace.",
  ),
  llm_provider_error: passing(
    "The model's provider failed.",
    "Start the run again later, or name a fallback_model for the workspace.",
  ),
  agent_runtime_error: passing(
    "The agent could not be carried on.",
    "Start the run again; report it if it happens twice.",
  ),
} as const;
