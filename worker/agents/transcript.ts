import type { Json } from "#contract/json";
import type { AgentMessage, AssistantPart } from "./models/model-api.ts";
import type { AgentState } from "./agent-storage.ts";

/** Where the record of what was said lies among a run's files. */
export const TRANSCRIPT_PATH = "outputs/transcript.jsonl";

export interface TranscriptParts {
  messages: readonly AgentMessage[];
  state: AgentState;
  models: readonly string[];
  finalOutput: Record<string, Json>;
}

/** All that was said in a run, one JSON document a line. Pure. */
export function buildTranscript({ messages, state, models, finalOutput }: TranscriptParts): string {
  let step = 0;
  const lines: Json[] = messages.flatMap((message): Json[] => {
    switch (message.role) {
      case "user":
        return [{ type: "message", role: "user", content: message.text }];
      case "assistant":
        step += 1;
        return [{ type: "step-start", stepNumber: step }, ...message.parts.map(tellPart)];
      case "tool":
        return [{ type: "tool-result", callId: message.id, result: message.text, isError: message.is_error }];
    }
  });
  const { input_tokens, output_tokens, cost_usd, cost_is_partial, turn } = state;
  const usage = {
    total_tokens: input_tokens + output_tokens,
    input_tokens,
    output_tokens,
    total_cost_usd: cost_usd,
    generation_count: turn,
    cost_source: "price_table",
    cost_is_partial,
    models: [...models],
  };
  lines.push({ type: "final_output", outputs: finalOutput }, { type: "usage", ...usage });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

function tellPart(part: AssistantPart): Json {
  if (part.type !== "call") return { type: part.type, text: part.text };
  return { type: "tool-call", callId: part.id, toolName: part.tool, args: part.input };
}
