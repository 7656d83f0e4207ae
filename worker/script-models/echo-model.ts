import type { AgentModel } from "../agents/models/model-api.ts";

const MOST_CHARACTERS = 500;

/** What answers scripts where no model can be asked and their bundle says nothing: their own last words, marked as that. */
export const echoModel: AgentModel = {
  name: "scripted",
  notice: null,
  ask: async ({ messages }) => {
    const last = messages.findLast((message) => message.role === "user");
    const said = last?.role === "user" ? last.text.slice(0, MOST_CHARACTERS) : "";
    return {
      kind: "answered",
      parts: [{ type: "text", text: `[scripted model, no real one was asked] ${said}` }],
      calls: [],
      finish: "stop",
      usage: { input_tokens: 0, cached_tokens: 0, output_tokens: 0 },
    };
  },
};
