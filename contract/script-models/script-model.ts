import * as z from "zod";
import { scriptModelLimits } from "./limits.ts";

const model = z
  .string()
  .min(1)
  .max(200)
  .nullish()
  .describe(
    "E.g. anthropic/claude-sonnet-4-6; left out: the workspace's default_model, or what its keys allow.",
  );

const textPart = z.strictObject({ type: z.literal("text"), text: z.string() });

/** What is said to a model, and by it. */
const messageSchema = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.union([z.string(), z.array(textPart)]),
});

/** Body of a question to a model. */
export const llmRequestSchema = z.strictObject({
  messages: z.array(messageSchema).min(1).max(1000),
  model,
  max_tokens: z
    .int()
    .positive()
    .max(scriptModelLimits.script_model_output_tokens.value)
    .default(4096)
    .describe("What the answer may take. It is set aside of what the caps leave until the answer is there."),
  temperature: z.number().min(0).max(2).nullish(),
});
export type LlmRequest = z.infer<typeof llmRequestSchema>;

export const llmBatchSchema = z.strictObject({
  requests: z.array(llmRequestSchema).min(1).max(scriptModelLimits.script_model_batch.value),
  max_parallel: z.int().min(1).max(16).default(8).describe("How many are asked at a time."),
});
export type LlmBatch = z.infer<typeof llmBatchSchema>;

const errorSchema = z
  .object({
    code: z
      .string()
      .describe(
        "llm_rate_limited, llm_provider_error, llm_auth_error, llm_quota_exceeded, llm_model_not_configured, spend_cap_exceeded",
      ),
    message: z.string(),
    retryable: z.boolean(),
    retry_after_seconds: z.number().nullable(),
  })
  .nullable();

const usageSchema = z.object({
  input_tokens: z.int(),
  cached_tokens: z.int().describe("Among those of the input."),
  output_tokens: z.int(),
  cost_usd: z.number().nullable().describe("Counted to the run; null where nobody knows the model's price."),
});

/** What a model answered. With an error there is no content. */
export const llmAnswerSchema = z.object({
  content: z.string().nullable(),
  model: z.string().nullable().describe("Which one answered; `scripted` where none was asked."),
  finish_reason: z.enum(["stop", "length", "refused"]).nullable(),
  usage: usageSchema,
  error: errorSchema,
});
export type LlmAnswer = z.infer<typeof llmAnswerSchema>;

export const llmBatchAnswerSchema = z.object({
  results: z.array(llmAnswerSchema).describe("In the order of the requests."),
});

const text = z.string().min(1);

/** Body of a request for vectors. */
export const embeddingRequestSchema = z.strictObject({
  input: z.union([text, z.array(text).min(1).max(scriptModelLimits.script_embedding_texts.value)]),
  model,
});
export type EmbeddingRequest = z.infer<typeof embeddingRequestSchema>;

export const embeddingAnswerSchema = z.object({
  embeddings: z.array(z.array(z.number())).describe("One for each text, in their order; none with an error."),
  model: z.string().nullable(),
  usage: usageSchema,
  error: errorSchema,
});
export type EmbeddingAnswer = z.infer<typeof embeddingAnswerSchema>;
