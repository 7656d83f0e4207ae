// Owns how models of other companies are asked: which adapter, by which key, over which way out.
// Never carries out a tool and never asks twice: both are the agent's to decide, and on its record.
// Writes nothing.
import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Clock } from "../../platform/clock.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import { buildCall } from "./build-call.ts";
import { classifyError } from "./classify-error.ts";
import { collectTurn } from "./collect-turn.ts";
import type { AgentModel, ModelReply, ModelRequest } from "./model-api.ts";
import type { ModelPlace } from "./pick-model.ts";

/** Asks a provider's model through its adapter, which is loaded when it is asked for the first time. */
export function openProviderModel(place: ModelPlace, deps: { clock: Clock; dial: Dial }): AgentModel {
  let opened: Promise<LanguageModelV4> | null = null;
  return {
    name: place.name,
    notice: null,
    ask: async (request: ModelRequest): Promise<ModelReply> => {
      try {
        opened ??= loadModel(place, deps.dial);
        const model = await opened;
        const { stream } = await model.doStream(buildCall(request));
        return await collectTurn(stream, request.hear);
      } catch (error) {
        return classifyError(error, { now: deps.clock(), key: place.key });
      }
    },
  };
}

async function loadModel({ provider, model, key, baseUrl }: ModelPlace, dial: Dial) {
  const ask = (input: RequestInfo | URL, init: RequestInit = {}) =>
    dial(input instanceof Request ? input.url : String(input), init);
  const settings = { apiKey: key, fetch: ask, ...(baseUrl === null ? {} : { baseURL: baseUrl }) };
  switch (provider) {
    case "anthropic":
      return (await import("@ai-sdk/anthropic")).createAnthropic(settings)(model);
    case "google":
      return (await import("@ai-sdk/google")).createGoogleGenerativeAI(settings)(model);
    case "openai":
      return (await import("@ai-sdk/openai")).createOpenAI(settings)(model);
    case "compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      return createOpenAICompatible({
        name: "compatible",
        apiKey: key,
        fetch: ask,
        baseURL: baseUrl ?? "",
        includeUsage: true,
      })(model);
    }
  }
}
