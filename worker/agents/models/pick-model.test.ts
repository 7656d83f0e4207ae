import { describe, expect, it } from "vitest";
import type { ModelKeys } from "#contract/agents/model-keys";
import { verifies } from "../../../test/verifies.ts";
import { pickModels } from "./pick-model.ts";
import type { ModelWish } from "./pick-model.ts";

const account = "0123456789abcdef0123456789abcdef";
const pick = (model: string | null, keys: ModelKeys, more: Partial<ModelWish> = {}) =>
  pickModels({ model, fallback_model: null, serverModel: "", keys, isLocal: false, ...more });
const placesOf = (choice: ReturnType<typeof pick>) => (choice.kind === "models" ? choice.places : []);

describe("which model is asked", () => {
  it.each([
    ["claude-sonnet-4-6", "anthropic", "claude-sonnet-4-6", null],
    ["anthropic/claude-opus-4", "anthropic", "claude-opus-4", null],
    ["gemini-2.5-pro", "google", "gemini-2.5-pro", null],
    ["openai/gpt-5-mini", "openai", "gpt-5-mini", null],
    [
      "workers-ai/@cf/meta/llama-3.3-70b-instruct-fp8-fast",
      "compatible",
      "@cf/meta/llama-3.3-70b-instruct-fp8-fast",
      `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
    ],
  ])("%s is asked at %s", (name, provider, model, baseUrl) => {
    verifies("agents:models:wire");
    const keys = {
      ANTHROPIC_API_KEY: "a",
      OPENAI_API_KEY: "o",
      GOOGLE_GENERATIVE_AI_API_KEY: "g",
      WORKERS_AI_ACCOUNT_ID: account,
      WORKERS_AI_API_TOKEN: "w",
    };
    expect(placesOf(pick(name, keys))).toMatchObject([{ provider, model, baseUrl }]);
  });

  it("is none at Cloudflare whose account could lead to another path", () => {
    verifies("agents:models:wire");
    for (const bad of ["", "../../zones", "0123", account.toUpperCase()]) {
      const keys = { WORKERS_AI_ACCOUNT_ID: bad, WORKERS_AI_API_TOKEN: "w" };
      expect(pick("workers-ai/@cf/meta/llama", keys).kind).toBe("none");
    }
  });

  it("is the next one that can be, then none, or locally the scripted one", () => {
    verifies("agents:models:failures");
    const keys = { ANTHROPIC_API_KEY: "a" };
    const places = placesOf(pick("openai/gpt-5", keys, { fallback_model: "claude-haiku-4" }));
    expect(places.map(({ name }) => name)).toEqual(["anthropic/claude-haiku-4"]);
    expect(pick("openai/gpt-5", keys)).toMatchObject({ kind: "none" });
    expect(pick("openai/gpt-5", keys, { isLocal: true })).toMatchObject({ kind: "scripted" });
  });
});
