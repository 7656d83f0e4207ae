import type { SharedV4ProviderMetadata } from "@ai-sdk/provider";
import type { Json } from "#contract/json";
import type { JsonSchema } from "#contract/actions/action";
import type { TokenUsage } from "#contract/spend/model-prices";

/** What a provider wants to see again with a part that came from it. */
export type PartMeta = SharedV4ProviderMetadata;

export type AssistantPart =
  | { type: "text"; text: string; meta?: PartMeta | undefined }
  | { type: "reasoning"; text: string; meta?: PartMeta | undefined }
  | { type: "call"; id: string; tool: string; input: Json; meta?: PartMeta | undefined };

/** What was said in a run, in the words of no provider. */
export type AgentMessage =
  | { role: "user"; text: string }
  | { role: "assistant"; parts: AssistantPart[] }
  | { role: "tool"; id: string; tool: string; text: string; is_error: boolean };

/** A tool as a model is told of it. */
export interface OfferedTool {
  name: string;
  description: string;
  input_schema: JsonSchema;
}

export interface ModelRequest {
  system: string;
  messages: readonly AgentMessage[];
  tools: readonly OfferedTool[];
  /** The tool that it has to call; null where it is free. */
  forced: string | null;
  /** Null: as much as the model gives. */
  max_output_tokens: number | null;
  /** Left out: as the provider has it. */
  temperature?: number;
  /** So many requests of the run came before this one, those that failed among them. */
  asked: number;
  signal: AbortSignal;
  /** Hears what is said while it is said; not every model can tell. */
  hear?: HearModel;
}

/** All of one kind that has been said in a turn until now. */
export type HearModel = (kind: "text" | "reasoning", soFar: string) => void;

/** A call that a model wants made; its input is text as the model wrote it. */
export interface WantedCall {
  id: string;
  tool: string;
  input: string;
  meta?: PartMeta | undefined;
}

export type ModelFailureCode =
  | "llm_auth_error"
  | "llm_quota_exceeded"
  | "llm_rate_limited"
  | "llm_provider_error"
  | "llm_model_not_configured";

export type ModelReply =
  | {
      kind: "answered";
      parts: AssistantPart[];
      calls: WantedCall[];
      finish: "stop" | "length" | "refused" | "calls";
      usage: TokenUsage;
    }
  | {
      kind: "failed";
      code: ModelFailureCode;
      message: string;
      retryable: boolean;
      /** How long the provider wants to be left alone; null where it does not say. */
      retry_after_ms: number | null;
    };

/** A model that is asked for one turn at a time. Never throws for what its provider does. */
export interface AgentModel {
  /** E.g. anthropic/claude-sonnet-4-6, or scripted. */
  name: string;
  /** What is told of it as a run begins; null for nothing. */
  notice: string | null;
  ask: (request: ModelRequest) => Promise<ModelReply>;
}

export type EmbeddingReply =
  { kind: "answered"; embeddings: number[][]; usage: TokenUsage } | (ModelReply & { kind: "failed" });

/** A model that makes vectors of texts, in their order. Never throws for what its provider does. */
export interface EmbeddingModel {
  name: string;
  embed: (texts: readonly string[], signal: AbortSignal) => Promise<EmbeddingReply>;
}
