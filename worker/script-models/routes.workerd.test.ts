import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { problemSchema } from "#contract/problem";
import { runDetailSchema } from "#contract/runs/run";
import {
  embeddingAnswerSchema,
  llmAnswerSchema,
  llmBatchAnswerSchema,
} from "#contract/script-models/script-model";
import { callApi, runTokenOf, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const KEY = "sk-model-key-0123456789";
let heard: { url: string; auth: string | null; body: unknown }[];
let answer: () => Response;

const chunk = (choice: object, usage: object | null = null) =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [choice], usage })}\n\n`;
const streamed = () =>
  new Response(
    `${chunk({ index: 0, delta: { role: "assistant", content: "Hello" }, finish_reason: null })}${chunk(
      { index: 0, delta: { content: " there" }, finish_reason: "stop" },
      { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
    )}data: [DONE]\n\n`,
    { headers: { "content-type": "text/event-stream" } },
  );

beforeEach(() => {
  heard = [];
  answer = streamed;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const request = new Request(url, init);
    if (new URL(url).host !== "llm.example") return new Response(null, { status: 404 });
    heard.push({ url, auth: request.headers.get("authorization"), body: await request.json() });
    return answer();
  });
});
afterEach(() => vi.unstubAllGlobals());

async function setKeys(): Promise<void> {
  await callApi("POST", "/api/secrets/OPENAI_API_KEY", { json: { value: KEY } });
  await callApi("POST", "/api/secrets/OPENAI_BASE_URL", { json: { value: "https://llm.example/v1" } });
}

async function startRun(name = "asker") {
  await seedWorker(name, {});
  const started = await callApi("POST", `/api/workers/${name}/runs`, { json: {} });
  const { id } = runDetailSchema.parse(await started.json());
  const read = async () => runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
  await expect.poll(async () => (await read()).attempt).toBe(1);
  const token = await runTokenOf(id);
  const post = (path: string, json: unknown, by = token) =>
    callApi("POST", `/api/runs/${id}/${path}`, { json, token: by });
  return { id, post, read };
}

const messages = [{ role: "user", content: "Say hello" }];
const codeOf = async (response: Response) => problemSchema.parse(await response.json()).code;

it("a script asks a provider by the workspace's key, which it never sees", async () => {
  verifies("script-models:llm:answered");
  await setKeys();
  const run = await startRun();
  const told = await run.post("llm", { messages, model: "any/model", max_tokens: 50 });
  expect(told.status, await told.clone().text()).toBe(200);
  const text = await told.text();
  expect(llmAnswerSchema.parse(JSON.parse(text))).toMatchObject({
    content: "Hello there",
    model: "any/model",
    usage: { input_tokens: 12, output_tokens: 3, cost_usd: null },
  });
  expect(text).not.toContain(KEY);
  expect(heard).toMatchObject([
    {
      url: "https://llm.example/v1/chat/completions",
      auth: `Bearer ${KEY}`,
      body: { model: "any/model", max_tokens: 50, messages: [{ role: "user" }] },
    },
  ]);
});

it("what a provider refuses is told with its code and without the key", async () => {
  verifies("script-models:llm:failures-told");
  await setKeys();
  const run = await startRun();
  answer = () => Response.json({ error: { message: `Incorrect API key provided: ${KEY}` } }, { status: 401 });
  const told = await (await run.post("llm", { messages, model: "any/model" })).text();
  expect(llmAnswerSchema.parse(JSON.parse(told)).error).toMatchObject({ code: "llm_auth_error" });
  expect(told).not.toContain(KEY);
});

it("texts become vectors, and a batch is answered whole", async () => {
  verifies("script-models:embeddings:answered");
  await setKeys();
  const run = await startRun();
  const batch = await run.post("llm/batch", {
    requests: [
      { messages, model: "a/b" },
      { messages, model: "a/b" },
    ],
  });
  expect(llmBatchAnswerSchema.parse(await batch.json()).results).toHaveLength(2);
  answer = () =>
    Response.json({
      object: "list",
      model: "m",
      data: [
        { object: "embedding", index: 0, embedding: [0.5, 1] },
        { object: "embedding", index: 1, embedding: [1, 0] },
      ],
      usage: { prompt_tokens: 4, total_tokens: 4 },
    });
  const told = await run.post("embeddings", { input: ["a", "b"] });
  expect(embeddingAnswerSchema.parse(await told.json())).toMatchObject({
    embeddings: [
      [0.5, 1],
      [1, 0],
    ],
    usage: { input_tokens: 4 },
    error: null,
  });
  expect(heard.at(-1)?.url).toBe("https://llm.example/v1/embeddings");
});

it("what a model with a known price has cost is the run's", async () => {
  verifies("script-models:cost:within-the-caps");
  await setKeys();
  const run = await startRun();
  await run.post("llm", { messages, model: "openai/gpt-5-mini" });
  await run.post("llm", { messages, model: "openai/gpt-5-mini" });
  const { cost } = await run.read();
  expect(cost?.model_usd).toBeCloseTo((2 * (12 * 0.25 + 3 * 2)) / 1e6, 9);
});

it("without a key it is the scripted model that answers, and says so", async () => {
  verifies("script-models:llm:scripted");
  const run = await startRun();
  const told = llmAnswerSchema.parse(await (await run.post("llm", { messages })).json());
  expect(told).toMatchObject({ model: "scripted", error: null });
  expect(told.content).toContain("Say hello");
  expect(heard).toEqual([]);
});

it("another run's token asks nothing, and what is no question gets a clear answer", async () => {
  verifies("script-models:token:own-run");
  const run = await startRun();
  const other = await startRun("another");
  const bodies: [string, unknown][] = [
    ["llm", { messages }],
    ["llm/batch", { requests: [{ messages }] }],
    ["embeddings", { input: "a" }],
  ];
  for (const [path, json] of bodies) {
    const refused = await run.post(path, json, await runTokenOf(other.id));
    expect([path, refused.status, await codeOf(refused)]).toEqual([path, 401, "unauthenticated"]);
    const stale = await run.post(path, json, await runTokenOf(run.id, 2));
    expect([path, stale.status, await codeOf(stale)]).toEqual([path, 409, "stale_attempt"]);
  }
  const wrong: [string, unknown][] = [
    ["llm", {}],
    ["llm", { messages: [] }],
    ["llm", { messages, max_tokens: 10_000_000 }],
    ["llm", { messages: [{ role: "tool", content: "x" }] }],
    ["llm", { messages, stream: true }],
    ["llm/batch", { requests: Array(51).fill({ messages }) }],
    ["embeddings", { input: [] }],
    ["embeddings", { input: Array(257).fill("a") }],
  ];
  for (const [path, json] of wrong) {
    const refused = await run.post(path, json);
    expect([path, json, refused.status]).toEqual([path, json, 422]);
  }
  const large = await run.post("llm", { messages: [{ role: "user", content: "x".repeat(1_100_000) }] });
  expect([large.status, await codeOf(large)]).toEqual([413, "body_too_large"]);
});
