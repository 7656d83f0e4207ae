import type {
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from "@ai-sdk/provider";
import type { TokenUsage } from "#contract/spend/model-prices";
import type { HearModel, ModelReply, PartMeta, WantedCall } from "./model-api.ts";

interface Spoken {
  type: "text" | "reasoning";
  text: string;
  meta?: PartMeta;
}

const broken: ModelReply = {
  kind: "failed",
  code: "llm_provider_error",
  message: "The provider's answer broke off before its end.",
  retryable: true,
  retry_after_ms: null,
};

/**
 * Puts a streamed answer together. An answer that breaks off counts as none: half a call must not be made. Throws what the
 * stream reports as an error. `tell` hears each part as it grows.
 */
export async function collectTurn(
  stream: ReadableStream<LanguageModelV4StreamPart>,
  tell: HearModel = () => undefined,
): Promise<ModelReply> {
  const spoken = new Map<string, Spoken>();
  const calls: WantedCall[] = [];
  let end: (LanguageModelV4StreamPart & { type: "finish" }) | null = null;
  const reader = stream.getReader();
  for (;;) {
    const { done, value: part } = await reader.read();
    if (done) break;
    if (part.type === "error") throw part.error;
    if (part.type === "finish") end = part;
    else if (part.type === "tool-call") {
      const { toolCallId: id, toolName: tool, input, providerMetadata } = part;
      calls.push({ id, tool, input, meta: providerMetadata });
    } else hear(spoken, part, tell);
  }
  if (end === null || isBroken(end.finishReason)) return broken;
  const parts = [...spoken.values()].filter(({ text, meta }) => text !== "" || meta !== undefined);
  return {
    kind: "answered",
    parts,
    calls,
    finish: finishOf(end.finishReason, calls.length > 0),
    usage: readUsage(end.usage),
  };
}

function hear(spoken: Map<string, Spoken>, part: LanguageModelV4StreamPart, tell: HearModel): void {
  switch (part.type) {
    case "text-start":
    case "text-delta":
    case "text-end":
    case "reasoning-start":
    case "reasoning-delta":
    case "reasoning-end": {
      const type = part.type.startsWith("text") ? "text" : "reasoning";
      const key = `${type}:${part.id}`;
      const known = spoken.get(key) ?? { type, text: "" };
      const delta = "delta" in part ? part.delta : "";
      const meta = part.providerMetadata ?? known.meta;
      const text = known.text + delta;
      spoken.set(key, { ...known, text, ...(meta === undefined ? {} : { meta }) });
      if (delta !== "") tell(type, text);
      break;
    }
    default:
      break;
  }
}

const isBroken = ({ unified }: LanguageModelV4FinishReason): boolean =>
  unified === "error" || unified === "interrupted";

function finishOf({ unified }: LanguageModelV4FinishReason, hasCalls: boolean) {
  if (unified === "length") return "length" as const;
  if (unified === "content-filter") return "refused" as const;
  return hasCalls ? ("calls" as const) : ("stop" as const);
}

function readUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): TokenUsage {
  return {
    input_tokens: inputTokens.total ?? 0,
    cached_tokens: inputTokens.cacheRead ?? 0,
    output_tokens: outputTokens.total ?? 0,
  };
}
