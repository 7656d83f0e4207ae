import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import type { ModelRequest } from "./model-api.ts";
import type { ModelPlace } from "./pick-model.ts";
import { openProviderModel } from "./provider-driver.ts";

type Provider = ModelPlace["provider"];
type Answer = (response: ServerResponse) => void;

let server: Server;
let origin: string;
let answer: Answer;
let heard: { url: string; headers: IncomingMessage["headers"]; body: Record<string, unknown> }[];

beforeEach(async () => {
  heard = [];
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => (text += part.toString()));
    request.on("end", () => {
      heard.push({
        url: request.url ?? "",
        headers: request.headers,
        body: JSON.parse(text) as Record<string, unknown>,
      });
      answer(response);
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

const request: ModelRequest = {
  system: "Be brief.",
  messages: [
    { role: "user", text: "{}" },
    { role: "assistant", parts: [{ type: "call", id: "call_1", tool: "read_file", input: { path: "a" } }] },
    { role: "tool", id: "call_1", tool: "read_file", text: "hello", is_error: false },
  ],
  tools: [{ name: "finish", description: "Ends.", input_schema: { type: "object", properties: {} } }],
  forced: null,
  max_output_tokens: 500,
  asked: 0,
  signal: new AbortController().signal,
};

const paths: Record<Provider, string> = {
  anthropic: "/messages",
  openai: "/responses",
  compatible: "/chat/completions",
  google: "/models/m:streamGenerateContent?alt=sse",
};

function ask(provider: Provider, change: Partial<ModelRequest> = {}) {
  const place = { name: `${provider}/m`, provider, model: "m", key: "key-1", baseUrl: origin };
  const model = openProviderModel(place, { clock: Date.now, dial: (url, init) => fetch(url, init) });
  return model.ask({ ...request, ...change });
}

const sse = (events: object[], of: { named?: boolean; isCut?: boolean } = {}): Answer => {
  return (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of events) {
      const name = of.named === true && "type" in event ? `event: ${String(event.type)}\n` : "";
      response.write(`${name}data: ${JSON.stringify(event)}\n\n`);
    }
    if (of.isCut === true) response.destroy();
    else response.end();
  };
};

const anthropic = [
  {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "m",
      content: [],
      stop_reason: null,
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 90,
        cache_creation_input_tokens: 0,
        output_tokens: 1,
      },
    },
  },
  { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "I think." } },
  { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "sig-1" } },
  { type: "content_block_stop", index: 0 },
  { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Well " } },
  { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "then." } },
  { type: "content_block_stop", index: 1 },
  {
    type: "content_block_start",
    index: 2,
    content_block: { type: "tool_use", id: "tu_1", name: "finish", input: {} },
  },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"a":' } },
  { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "1}" } },
  { type: "content_block_stop", index: 2 },
  {
    type: "message_delta",
    delta: { stop_reason: "tool_use", stop_sequence: null },
    usage: { output_tokens: 20 },
  },
  { type: "message_stop" },
];

const chunk = (delta: object, finish_reason: string | null = null) => ({
  id: "c1",
  object: "chat.completion.chunk",
  created: 1,
  model: "m",
  choices: [{ index: 0, delta, finish_reason }],
});
const call = (args: string, first: object = {}) => ({
  tool_calls: [
    { index: 0, ...first, function: { arguments: args, ...("id" in first ? { name: "finish" } : {}) } },
  ],
});
const compatible = [
  chunk({ role: "assistant", content: "Well then." }),
  chunk(call("", { id: "tu_1", type: "function" })),
  chunk(call('{"a":')),
  chunk(call("1}")),
  chunk({}, "tool_calls"),
  {
    ...chunk({}),
    choices: [],
    usage: {
      prompt_tokens: 100,
      completion_tokens: 20,
      total_tokens: 120,
      prompt_tokens_details: { cached_tokens: 90 },
    },
  },
];

const item = { id: "fc_1", type: "function_call", call_id: "tu_1", name: "finish" };
const message = { id: "msg_1", type: "message", role: "assistant" };
const openai = [
  { type: "response.created", sequence_number: 0, response: { id: "r1", created_at: 1, model: "m" } },
  {
    type: "response.output_item.added",
    output_index: 0,
    item: { ...message, status: "in_progress", content: [] },
  },
  {
    type: "response.output_text.delta",
    item_id: "msg_1",
    output_index: 0,
    content_index: 0,
    delta: "Well then.",
  },
  {
    type: "response.output_item.done",
    output_index: 0,
    item: {
      ...message,
      status: "completed",
      content: [{ type: "output_text", text: "Well then.", annotations: [] }],
    },
  },
  {
    type: "response.output_item.added",
    output_index: 1,
    item: { ...item, arguments: "", status: "in_progress" },
  },
  { type: "response.function_call_arguments.delta", item_id: "fc_1", output_index: 1, delta: '{"a":1}' },
  {
    type: "response.output_item.done",
    output_index: 1,
    item: { ...item, arguments: '{"a":1}', status: "completed" },
  },
  {
    type: "response.completed",
    response: {
      id: "r1",
      usage: {
        input_tokens: 100,
        input_tokens_details: { cached_tokens: 90 },
        output_tokens: 20,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 120,
      },
    },
  },
];

const google = [
  { candidates: [{ content: { role: "model", parts: [{ text: "Well then." }] }, index: 0 }] },
  {
    candidates: [
      {
        content: { role: "model", parts: [{ functionCall: { name: "finish", args: { a: 1 } } }] },
        finishReason: "STOP",
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: 100,
      candidatesTokenCount: 20,
      totalTokenCount: 120,
      cachedContentTokenCount: 90,
    },
  },
];

const streams: Record<Provider, { events: object[]; named?: boolean }> = {
  anthropic: { events: anthropic, named: true },
  openai: { events: openai, named: true },
  compatible: { events: compatible },
  google: { events: google },
};
const providers = ["anthropic", "openai", "compatible", "google"] as const;

it.each(providers)("%s is asked in its own words, and its stream is put together", async (provider) => {
  verifies("agents:models:wire");
  const { events, named = false } = streams[provider];
  answer = sse(events, { named });
  const said: string[] = [];
  const hear = (kind: string, soFar: string) => said.push(`${kind}: ${soFar}`);
  const reply = await ask(provider, { hear });
  expect(said.at(-1)).toBe("text: Well then.");
  if (provider === "anthropic")
    expect(said).toEqual(["reasoning: I think.", "text: Well ", "text: Well then."]);
  expect(reply).toMatchObject({
    kind: "answered",
    finish: "calls",
    usage: { input_tokens: 100, cached_tokens: 90, output_tokens: 20 },
  });
  if (reply.kind !== "answered") return;
  expect(reply.parts.flatMap((part) => (part.type === "text" ? [part.text] : []))).toEqual(["Well then."]);
  expect(reply.calls.map(({ tool, input }) => [tool, JSON.parse(input) as unknown])).toEqual([
    ["finish", { a: 1 }],
  ]);
  expect(heard).toHaveLength(1);
  expect(heard[0]?.url).toBe(paths[provider]);
  expect(JSON.stringify(heard[0]?.headers)).toContain("key-1");
  expect(JSON.stringify(heard[0]?.body)).toContain("hello");
});

it("what a provider wants back with its thoughts goes back to it, and what may be kept is marked", async () => {
  answer = sse(anthropic, { named: true });
  const reply = await ask("anthropic");
  if (reply.kind !== "answered") throw new Error("It was not answered.");
  const [thought] = reply.parts;
  expect(thought).toMatchObject({ type: "reasoning", text: "I think." });
  const messages = [...request.messages, { role: "assistant" as const, parts: reply.parts }];
  await ask("anthropic", { messages: [...messages, { role: "user", text: "Go on." }] });
  const body = JSON.stringify(heard[1]?.body);
  expect(body).toContain('"signature":"sig-1"');
  expect(body.match(/cache_control/g)).toHaveLength(2);
});

it.each(providers)("%s: a finishing tool is forced where it has to be", async (provider) => {
  const { events, named = false } = streams[provider];
  answer = sse(events, { named });
  await ask(provider, { forced: "finish" });
  const { tool_choice: choice, toolConfig: config } = heard[0]?.body ?? {};
  expect(JSON.stringify(choice ?? config)).toContain("finish");
});

it.each(providers)("%s: an answer that breaks off counts as none", async (provider) => {
  const { events, named = false } = streams[provider];
  answer = sse(events.slice(0, -1), { named, isCut: true });
  const reply = await ask(provider);
  expect(reply).toMatchObject({ kind: "failed", code: "llm_provider_error", retryable: true });
});

it.each(providers)(
  "%s: each error is told apart, and none is tried again behind our back",
  async (provider) => {
    const fail = (status: number, message: string, headers: Record<string, string> = {}): Answer => {
      const body =
        provider === "google"
          ? { error: { code: status, message, status: "FAILED" } }
          : { type: "error", error: { type: "some_error", message, code: null, param: null } };
      return (response) =>
        response
          .writeHead(status, { "content-type": "application/json", ...headers })
          .end(JSON.stringify(body));
    };
    const cases: [Answer, object][] = [
      [fail(401, "invalid key"), { code: "llm_auth_error", retryable: false }],
      [
        fail(429, "slow down", { "retry-after": "7" }),
        { code: "llm_rate_limited", retryable: true, retry_after_ms: 7000 },
      ],
      [fail(429, "You exceeded your current quota"), { code: "llm_quota_exceeded", retryable: false }],
      [fail(400, "no such model"), { code: "llm_provider_error", retryable: false }],
      [fail(500, "oh no"), { code: "llm_provider_error", retryable: true }],
      [(response) => response.destroy(), { code: "llm_provider_error", retryable: true }],
    ];
    for (const [how, want] of cases) {
      answer = how;
      expect(await ask(provider)).toMatchObject({ kind: "failed", ...want });
    }
    expect(heard).toHaveLength(cases.length);
  },
);
