import { EventSourceParserStream } from "eventsource-parser/stream";
import { parseJson } from "#contract/json";
import { callApi, ownerToken } from "./api-harness.ts";

/** What a client says of itself, and how it comes. */
export interface WireClient {
  token?: string;
  path?: string;
  extensions?: string[];
  elicitation?: Record<string, unknown>;
}

export interface WireAnswer {
  status: number;
  result: Record<string, unknown>;
  error: { code: number; message: string; data?: unknown } | null;
}

const VERSION = "2026-07-28";
const named: Readonly<Record<string, string>> = {
  "tools/call": "name",
  "resources/read": "uri",
  "tasks/get": "taskId",
  "tasks/update": "taskId",
  "tasks/cancel": "taskId",
};

/** One request of the newest era, byte for byte as a client sends it: extensions go beyond what the SDK's client knows. */
export async function askWire(
  method: string,
  params: Record<string, unknown> = {},
  client: WireClient = {},
): Promise<WireAnswer> {
  const answer = await send(method, params, client);
  const message = readMessage(await answer.text());
  return { status: answer.status, result: message.result ?? {}, error: message.error ?? null };
}

/** What a stream has told. */
export interface WireMessage {
  method?: string;
  params?: Record<string, unknown>;
}

/** The same of a request that is answered by a stream, whose messages are read as they come. */
export async function askStream(
  method: string,
  params: Record<string, unknown>,
  client: WireClient = {},
): Promise<{ messages: WireMessage[]; leave: () => Promise<void> }> {
  const { body } = await send(method, params, client);
  const reader = (body ?? new ReadableStream<Uint8Array>())
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  const messages: WireMessage[] = [];
  const readAll = async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read())
      messages.push(parseJson(next.value.data) as WireMessage);
  };
  void readAll().catch(() => undefined);
  return { messages, leave: () => reader.cancel() };
}

async function send(
  method: string,
  params: Record<string, unknown>,
  { token = ownerToken, path = "/mcp", extensions = [], elicitation }: WireClient,
): Promise<Response> {
  const capabilities = {
    extensions: Object.fromEntries(extensions.map((name) => [name, {}])),
    ...(elicitation === undefined ? {} : { elicitation }),
  };
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": VERSION,
    "io.modelcontextprotocol/clientInfo": { name: "a-test", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": capabilities,
  };
  const headers: Record<string, string> = {
    accept: "application/json, text/event-stream",
    "mcp-protocol-version": VERSION,
    "mcp-method": method,
  };
  const name = params[named[method] ?? ""];
  if (typeof name === "string") headers["mcp-name"] = name;
  const json = { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta } };
  return callApi("POST", path, { token, headers, json });
}

function readMessage(text: string): Partial<Pick<WireAnswer, "result" | "error">> {
  const data = text.startsWith("{")
    ? text
    : text
        .split("\n")
        .filter((line) => line.startsWith("data: {"))
        .at(-1)
        ?.slice("data: ".length);
  return parseJson(data ?? "{}") as Partial<Pick<WireAnswer, "result" | "error">>;
}
