import { costOf } from "#contract/spend/model-prices";
import type { LlmAnswer, LlmRequest } from "#contract/script-models/script-model";
import type { AgentMessage, ModelReply, ModelRequest } from "../agents/models/model-api.ts";

export const NO_USAGE = { input_tokens: 0, cached_tokens: 0, output_tokens: 0, cost_usd: 0 };

/** What a message says, whichever way it is written. Pure. */
export function textOf({ content }: LlmRequest["messages"][number]): string {
  return typeof content === "string" ? content : content.map(({ text }) => text).join("");
}

/** A script's question as models are asked. Pure. */
export function buildRequest(request: LlmRequest, signal: AbortSignal): ModelRequest {
  const { messages, max_tokens, temperature } = request;
  const said = messages.filter(({ role }) => role !== "system");
  return {
    system: messages
      .filter(({ role }) => role === "system")
      .map(textOf)
      .join("\n\n"),
    messages: said.map((message): AgentMessage => {
      const text = textOf(message);
      return message.role === "user"
        ? { role: "user", text }
        : { role: "assistant", parts: [{ type: "text", text }] };
    }),
    tools: [],
    forced: null,
    max_output_tokens: max_tokens,
    ...(temperature === undefined || temperature === null ? {} : { temperature }),
    // So many answers came before in this conversation.
    asked: said.filter(({ role }) => role === "assistant").length,
    signal,
  };
}

/** What a script is told of an answer. Pure. */
export function toAnswer(
  name: string,
  { parts, finish, usage }: ModelReply & { kind: "answered" },
): LlmAnswer {
  const texts = parts.flatMap((part) => (part.type === "text" ? [part.text] : []));
  return {
    content: texts.join(""),
    model: name,
    finish_reason: finish === "calls" ? "stop" : finish,
    usage: { ...usage, cost_usd: costOf(name, usage) },
    error: null,
  };
}

/** What a script is told where there is none. Pure. */
export function failWith({
  code,
  message,
  retryable,
  retry_after_ms: waitMs,
}: {
  code: string;
  message: string;
  retryable: boolean;
  retry_after_ms: number | null;
}): LlmAnswer {
  const retry_after_seconds = waitMs === null ? null : waitMs / 1000;
  return {
    content: null,
    model: null,
    finish_reason: null,
    usage: NO_USAGE,
    error: { code, message, retryable, retry_after_seconds },
  };
}
