/** Names of the server's settings, and of a workspace's secrets, by which models are asked. */
export const modelKeyNames = [
  "ANTHROPIC_API_KEY",
  "OPENAI_API_KEY",
  "OPENAI_BASE_URL",
  "GOOGLE_GENERATIVE_AI_API_KEY",
  "WORKERS_AI_ACCOUNT_ID",
  "WORKERS_AI_API_TOKEN",
] as const;
export type ModelKeys = Partial<Record<(typeof modelKeyNames)[number], string>>;
