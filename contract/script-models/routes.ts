import { defineRoute } from "../route.ts";
import {
  embeddingAnswerSchema,
  embeddingRequestSchema,
  llmAnswerSchema,
  llmBatchAnswerSchema,
  llmBatchSchema,
  llmRequestSchema,
} from "./script-model.ts";

const tag = "Calls";
const limit = "script_model_body_bytes";
const problems = ["not_found", "run_finished", "stale_attempt", "dry_run"] as const;

/** A running script asks models, by the keys of its workspace or of the server. These take the run's own token and nothing else. */
export const scriptModelRoutes = {
  askModel: defineRoute({
    id: "askModel",
    method: "POST",
    path: "/api/runs/{run}/llm",
    tag,
    summary: "Ask a model from within a run",
    description:
      "What it costs is the run's, and held to the spend caps. What the provider does is said in `error` of the answer. No key comes here.",
    access: "run_token",
    body: { kind: "json", schema: llmRequestSchema, limit },
    answer: { kind: "json", status: 200, schema: llmAnswerSchema, description: "What the model said." },
    problems,
  }),
  askModels: defineRoute({
    id: "askModels",
    method: "POST",
    path: "/api/runs/{run}/llm/batch",
    tag,
    summary: "Ask a model several things from within a run, some at a time",
    access: "run_token",
    body: { kind: "json", schema: llmBatchSchema, limit },
    answer: { kind: "json", status: 200, schema: llmBatchAnswerSchema, description: "All answers." },
    problems,
  }),
  embedTexts: defineRoute({
    id: "embedTexts",
    method: "POST",
    path: "/api/runs/{run}/embeddings",
    tag,
    summary: "Have texts made into vectors from within a run",
    access: "run_token",
    body: { kind: "json", schema: embeddingRequestSchema, limit },
    answer: { kind: "json", status: 200, schema: embeddingAnswerSchema, description: "The vectors." },
    problems,
  }),
} as const;
