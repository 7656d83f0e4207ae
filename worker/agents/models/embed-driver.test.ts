import { createServer } from "node:http";
import type { Server } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { openEmbeddingModel } from "./embed-driver.ts";
import type { ModelPlace } from "./pick-model.ts";

let server: Server;
let origin: string;
let status: number;
let heard: { url: string; body: Record<string, unknown> }[];

beforeEach(async () => {
  heard = [];
  status = 200;
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      const body = JSON.parse(text) as Record<string, unknown>;
      heard.push({ url: request.url ?? "", body });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(status === 200 ? answerTo(body) : { error: { message: "No. key-1" } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** As OpenAI, or Google, documents it: a vector for each text, here its length. */
function answerTo({ input, requests }: Record<string, unknown>): object {
  if (Array.isArray(requests)) return { embeddings: requests.map((_one, at) => ({ values: [at] })) };
  const texts = Array.isArray(input) ? input.map(String) : [];
  const data = texts.map((text, index) => ({ object: "embedding", index, embedding: [text.length] }));
  return { object: "list", model: "m", data, usage: { prompt_tokens: 7, total_tokens: 7 } };
}

const open = (provider: ModelPlace["provider"]) =>
  openEmbeddingModel(
    { name: `${provider}/m`, provider, model: "m", key: "key-1", baseUrl: origin },
    { clock: () => 0, dial: (url, init) => fetch(url, init) },
  );
const ask = (provider: ModelPlace["provider"], texts: string[]) =>
  open(provider).embed(texts, new AbortController().signal);

it.each(["openai", "compatible"] as const)("%s is asked in its words", async (provider) => {
  verifies("script-models:embeddings:answered");
  expect(await ask(provider, ["a", "bb"])).toEqual({
    kind: "answered",
    embeddings: [[1], [2]],
    usage: { input_tokens: 7, cached_tokens: 0, output_tokens: 0 },
  });
  expect(heard).toMatchObject([{ url: "/embeddings", body: { model: "m", input: ["a", "bb"] } }]);
});

it("google is asked in its words", async () => {
  verifies("script-models:embeddings:answered");
  expect(await ask("google", ["a", "bb"])).toMatchObject({ kind: "answered", embeddings: [[0], [1]] });
  expect(heard).toMatchObject([{ url: "/models/m:batchEmbedContents" }]);
});

it("what is more than a provider takes at once is asked in parts", async () => {
  const texts = Array.from({ length: 2100 }, (_, at) => "x".repeat(at % 5));
  const reply = await ask("openai", texts);
  expect(reply).toMatchObject({ kind: "answered", usage: { input_tokens: 14 } });
  expect(reply.kind === "answered" && reply.embeddings.map(([length]) => length)).toEqual(
    texts.map(({ length }) => length),
  );
  expect(heard).toHaveLength(2);
});

it("a refusal is told by its code, without the key", async () => {
  verifies("script-models:llm:failures-told");
  status = 401;
  const reply = await ask("openai", ["a"]);
  expect(reply).toMatchObject({ kind: "failed", code: "llm_auth_error", retryable: false });
  expect(JSON.stringify(reply)).not.toContain("key-1");
  expect(await ask("anthropic", ["a"])).toMatchObject({ kind: "failed" });
});
