// Owns how models of other companies are asked for vectors: which adapter, by which key, over which way out.
// Never asks twice.
// Writes nothing.
import type { EmbeddingModelV4 } from "@ai-sdk/provider";
import type { Clock } from "../../platform/clock.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import { classifyError } from "./classify-error.ts";
import type { EmbeddingModel } from "./model-api.ts";
import type { ModelPlace } from "./pick-model.ts";

/** Asks a provider's model for vectors through its adapter, which is loaded when it is asked for. */
export function openEmbeddingModel(place: ModelPlace, deps: { clock: Clock; dial: Dial }): EmbeddingModel {
  return {
    name: place.name,
    embed: async (texts, signal) => {
      try {
        const model = await loadModel(place, deps.dial);
        const most = (await model.maxEmbeddingsPerCall) ?? texts.length;
        const embeddings: number[][] = [];
        let tokens = 0;
        for (let from = 0; from < texts.length; from += most) {
          const values = texts.slice(from, from + most);
          const part = await model.doEmbed({ values, abortSignal: signal });
          if (part.embeddings.length !== values.length)
            throw new Error("it answered another number of vectors than it was given texts");
          embeddings.push(...part.embeddings);
          tokens += part.usage?.tokens ?? 0;
        }
        const usage = { input_tokens: tokens, cached_tokens: 0, output_tokens: 0 };
        return { kind: "answered", embeddings, usage };
      } catch (error) {
        return classifyError(error, { now: deps.clock(), key: place.key });
      }
    },
  };
}

async function loadModel(
  { provider, model, key, baseUrl }: ModelPlace,
  dial: Dial,
): Promise<EmbeddingModelV4> {
  const ask = (input: RequestInfo | URL, init: RequestInit = {}) =>
    dial(input instanceof Request ? input.url : String(input), init);
  const settings = { apiKey: key, fetch: ask, ...(baseUrl === null ? {} : { baseURL: baseUrl }) };
  switch (provider) {
    case "anthropic":
      throw new Error("Anthropic has no models that make vectors");
    case "google":
      return (await import("@ai-sdk/google")).createGoogleGenerativeAI(settings).embeddingModel(model);
    case "openai":
      return (await import("@ai-sdk/openai")).createOpenAI(settings).embeddingModel(model);
    case "compatible": {
      const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
      const compatible = { ...settings, name: "compatible", baseURL: baseUrl ?? "" };
      return createOpenAICompatible(compatible).embeddingModel(model);
    }
  }
}

const DIMENSIONS = 64;

/** A stand-in for a model that makes vectors: texts that share words lie near each other, and it costs nothing. */
export const scriptedEmbedding: EmbeddingModel = {
  name: "scripted",
  embed: async (texts) => ({
    kind: "answered",
    embeddings: texts.map(embedByWords),
    usage: { input_tokens: 0, cached_tokens: 0, output_tokens: 0 },
  }),
};

/** Counts words into a few places, and brings the whole to length 1. Pure. */
export function embedByWords(text: string): number[] {
  const vector = Array.from({ length: DIMENSIONS }, () => 0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    const at = hashOf(word) % DIMENSIONS;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((count) => count / length);
}

/** FNV-1a. Pure. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
