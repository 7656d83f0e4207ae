import type { LanguageModelV4CallOptions, LanguageModelV4Message } from "@ai-sdk/provider";
import type { AgentMessage, AssistantPart, ModelRequest } from "./model-api.ts";

type Part = (LanguageModelV4Message & { role: "assistant" })["content"][number];

/** Anthropic keeps what stands before such a mark, and reads it cheaper the next time; others do not look at it. */
const cached = { anthropic: { cacheControl: { type: "ephemeral" } } } as const;

/** The options of one turn as a provider's adapter takes them: no tool is carried out there, nothing is tried twice. Pure. */
export function buildCall(request: ModelRequest): LanguageModelV4CallOptions {
  const { system, messages, tools, forced, max_output_tokens, temperature, signal } = request;
  const told = messages.map(toMessage);
  const last = told.at(-1);
  const marked = last === undefined ? [] : [...told.slice(0, -1), { ...last, providerOptions: cached }];
  return {
    prompt:
      system === "" ? marked : [{ role: "system", content: system, providerOptions: cached }, ...marked],
    tools: tools.map(({ name, description, input_schema }) => ({
      type: "function" as const,
      name,
      description,
      inputSchema: input_schema,
    })),
    toolChoice: forced === null ? { type: "auto" } : { type: "tool", toolName: forced },
    abortSignal: signal,
    ...(max_output_tokens === null ? {} : { maxOutputTokens: max_output_tokens }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

function toMessage(message: AgentMessage): LanguageModelV4Message {
  switch (message.role) {
    case "user":
      return { role: "user", content: [{ type: "text", text: message.text }] };
    case "assistant":
      return { role: "assistant", content: message.parts.map(toPart) };
    case "tool": {
      const { id, tool, text, is_error } = message;
      const output = { type: is_error ? ("error-text" as const) : ("text" as const), value: text };
      return { role: "tool", content: [{ type: "tool-result", toolCallId: id, toolName: tool, output }] };
    }
  }
}

function toPart(part: AssistantPart): Part {
  const meta = part.meta === undefined ? {} : { providerOptions: part.meta };
  if (part.type !== "call") return { type: part.type, text: part.text, ...meta };
  return { type: "tool-call", toolCallId: part.id, toolName: part.tool, input: part.input, ...meta };
}
