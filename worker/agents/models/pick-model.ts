import type { ModelKeys } from "#contract/agents/model-keys";

/** A model at a provider, and what it is asked with. */
export interface ModelPlace {
  name: string;
  provider: "anthropic" | "openai" | "google" | "compatible";
  model: string;
  key: string;
  /** Null: where the provider is. */
  baseUrl: string | null;
}

export const SCRIPTED = "scripted";

/** What models an agent may use: of worker.yml or the workspace, its fallback, and the server's own word. */
export interface ModelWish {
  model: string | null;
  fallback_model: string | null;
  /** FLOOM_MODEL; empty where it is not set. */
  serverModel: string;
  keys: ModelKeys;
  /** A server on its owner's own machine. */
  isLocal: boolean;
}

/** `scripted`: `reason` says in a sentence why. `none`: in a sentence what is missing. */
export type ModelChoice =
  | { kind: "models"; places: [ModelPlace, ...ModelPlace[]] }
  | { kind: "scripted"; reason: string }
  | { kind: "none"; message: string };

/** Which models to ask, in this order. Pure. */
export function pickModels({ model, fallback_model, serverModel, keys, isLocal }: ModelWish): ModelChoice {
  if (serverModel === SCRIPTED || model === SCRIPTED) {
    const by = serverModel === SCRIPTED ? "FLOOM_MODEL=scripted" : "its worker.yml names the model scripted";
    return { kind: "scripted", reason: by };
  }
  const wanted = [model, fallback_model, serverModel].filter((name): name is string => Boolean(name));
  const named = wanted.length > 0 ? wanted : usualModels(keys);
  const places = [...new Set(named)].flatMap((name) => findPlace(name, keys) ?? []);
  const [first, ...others] = places;
  if (first !== undefined) return { kind: "models", places: [first, ...others] };
  const lack =
    named.length === 0
      ? "no model is named and no provider's key is set"
      : `no key is set for ${named.join(", ")}`;
  return isLocal
    ? { kind: "scripted", reason: lack }
    : { kind: "none", message: `The agent cannot run: ${lack}.` };
}

/** What is asked where a key is set and nobody has named a model. */
function usualModels(keys: ModelKeys): string[] {
  if (keys.ANTHROPIC_API_KEY) return ["anthropic/claude-sonnet-4-6"];
  if (keys.GOOGLE_GENERATIVE_AI_API_KEY) return ["google/gemini-2.5-flash"];
  return keys.OPENAI_API_KEY && !keys.OPENAI_BASE_URL ? ["openai/gpt-5-mini"] : [];
}

function findPlace(name: string, keys: ModelKeys): ModelPlace | null {
  const cut = name.indexOf("/");
  const prefix = cut < 0 ? guessProvider(name) : name.slice(0, cut).toLowerCase();
  const model = cut < 0 ? name : name.slice(cut + 1);
  if (prefix === "anthropic") return placeOf("anthropic", model, keys.ANTHROPIC_API_KEY);
  if (prefix === "google" || prefix === "gemini")
    return placeOf("google", model, keys.GOOGLE_GENERATIVE_AI_API_KEY);
  if (prefix === "workers-ai") return placeAtCloudflare(name, model, keys);
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: key } = keys;
  // Any other provider is one that speaks OpenAI's words, at the address that is set.
  if (baseUrl) {
    const own = prefix === "openai" ? model : name;
    return { name, provider: "compatible", model: own, key: key ?? "", baseUrl };
  }
  return prefix === "openai" ? placeOf("openai", model, key) : null;
}

/**
 * A model of Workers AI, by Cloudflare's address for clients that speak OpenAI's words; null without an account and a token.
 * Source: developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility.
 */
function placeAtCloudflare(name: string, model: string, keys: ModelKeys): ModelPlace | null {
  const { WORKERS_AI_ACCOUNT_ID: account, WORKERS_AI_API_TOKEN: key } = keys;
  if (!key || !account || !/^[0-9a-f]{32}$/.test(account)) return null;
  const baseUrl = `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`;
  return { name, provider: "compatible", model, key, baseUrl };
}

function placeOf(
  provider: ModelPlace["provider"],
  model: string,
  key: string | undefined,
): ModelPlace | null {
  return key ? { name: `${provider}/${model}`, provider, model, key, baseUrl: null } : null;
}

function guessProvider(name: string): string {
  if (name.startsWith("claude")) return "anthropic";
  return name.startsWith("gemini") ? "google" : "openai";
}
