import { EventSourceParserStream } from "eventsource-parser/stream";
import * as z from "zod";
import { createClient } from "#contract/client";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { runRoutes } from "#contract/runs/routes";
import type { McpRuntime, ServedWorker } from "./runtime.ts";

// owns what becomes of a message between a client and the Floom behind a runtime: lists of several workers are one, a
// call has a time limit, and one that takes longer than the edge waits is waited on. All else passes as it is.

/** The documented limit of a call whose worker writes none of its own, in milliseconds. */
const CALL_TIMEOUT_MS = 30_000;
/** So long one request waits for a run, in seconds: less than what the edge allows. */
const WAIT_SECONDS = 45;
/** So many calls at once can be cancelled by name. */
const MOST_CALLS = 1000;
const THREAD_KEY = "floom/thread_id";
const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const TOKEN_KEY = "progressToken";

const open = z.looseObject({});
const idForm = z.union([z.string(), z.number()]);
const messageForm = z.looseObject({
  id: idForm.optional(),
  method: z.string(),
  params: z
    .looseObject({ name: z.string().optional(), arguments: open.optional(), _meta: open.optional() })
    .optional(),
});
type Message = z.output<typeof messageForm>;
const listForm = z.looseObject({ result: z.looseObject({ tools: z.array(z.json()) }) });
const resultForm = z.looseObject({
  result: z.looseObject({ structuredContent: open.optional(), _meta: open.optional() }),
});
const introductionForm = z.looseObject({ result: z.looseObject({ instructions: z.string() }) });
const progressForm = z.looseObject({ params: z.looseObject({ progressToken: z.json() }) });

export interface ExchangeOptions {
  /** The limit of every call, in milliseconds; by default the worker's own, or 30 s. */
  callTimeoutMs?: number | undefined;
  /** What `thread_id` is for tools that take one, unless a call says so itself. */
  threadId?: string | undefined;
}

/** What a message is sent with. */
export interface Sending {
  headers: Record<string, string>;
  body: string;
  /** Aborts when whoever asks has gone: their run is cancelled. */
  signal: AbortSignal;
}

/** Answers one message of a client as the Floom behind the runtime does. Rejects when that is away. */
export type Exchange = (sending: Sending) => Promise<Response>;

/** Opens the way from one client, or from all of an address, to the tools of a runtime. */
export function openExchange(runtime: McpRuntime, options: ExchangeOptions = {}): Exchange {
  const calls = new CallsUnderWay();
  return async (sending) => {
    const message = messageForm.safeParse(tryParse(sending.body)).data;
    if (message?.method === "notifications/cancelled") calls.cancel(sending, message);
    if (message?.method === "tools/list" && runtime.served.length > 1) return listAll(runtime, sending);
    if (message?.method === "initialize" || message?.method === "server/discover")
      return introduce(runtime, sending);
    if (message?.method !== "tools/call") return send(runtime, runtime.served[0], sending);
    const cancelled = calls.begin(sending, message);
    return new ToolCall(runtime, { ...options, sending, message, cancelled }).answer();
  };
}

/**
 * What gives up the calls of clients of the first era, which cancel by a message of its own. Whoever has no session counts its
 * requests as everybody does, and ends a call by its connection.
 */
class CallsUnderWay {
  readonly #stops = new Map<string, AbortController>();

  /** Answers what aborts when the call is cancelled. A call that has ended is kept until the next of many. */
  begin(sending: Sending, { id }: Message): AbortSignal {
    const stop = new AbortController();
    const key = keyOf(sending, id);
    if (key === null) return stop.signal;
    this.#stops.set(key, stop);
    const [oldest] = this.#stops.keys();
    if (this.#stops.size > MOST_CALLS && oldest !== undefined) this.#stops.delete(oldest);
    return stop.signal;
  }

  cancel(sending: Sending, { params }: Message): void {
    const id = idForm.safeParse(params?.["requestId"]).data;
    const key = keyOf(sending, id);
    if (key !== null) this.#stops.get(key)?.abort();
  }
}

function keyOf({ headers }: Sending, id: string | number | undefined): string | null {
  const session = headers["mcp-session-id"];
  return session === undefined || id === undefined ? null : JSON.stringify([session, id]);
}

function tryParse(text: string): Json | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function send(
  { origin, token }: McpRuntime,
  worker: ServedWorker | undefined,
  { headers, body, signal }: Sending,
): Promise<Response> {
  const address = `${origin}/mcp${worker === undefined ? "" : `/workers/${encodeURIComponent(worker.name)}`}`;
  return fetch(address, {
    method: "POST",
    headers: { ...headers, authorization: `Bearer ${token}` },
    body,
    signal,
  });
}

/** The words that a client reads first are of the platform, whose tools are not here. */
async function introduce(runtime: McpRuntime, sending: Sending): Promise<Response> {
  const answer = await send(runtime, runtime.served[0], sending);
  const said = introductionForm.safeParse(await lastOf(answer.clone()).catch(() => undefined)).data;
  if (said === undefined) return answer;
  const names = runtime.served.map(({ name }) => name).join(", ");
  const instructions = `The tools of ${names}, run in a sandbox on this machine. A call that takes too long is stopped; nothing is kept once the server ends. Where the status is approval_required give the person the address decide_at.`;
  const told = asJson({ ...said, result: { ...said.result, instructions } }, answer.status);
  const session = answer.headers.get("mcp-session-id");
  if (session !== null) told.headers.set("mcp-session-id", session);
  return told;
}

/** One list of all workers' tools, by name, in the words of the first answer. */
async function listAll(runtime: McpRuntime, sending: Sending): Promise<Response> {
  const answers = await Promise.all(runtime.served.map((worker) => send(runtime, worker, sending)));
  const [first] = answers;
  const lists = await Promise.all(
    answers.map(async (answer) => listForm.safeParse(await lastOf(answer.clone())).data),
  );
  const [whole] = lists;
  // What is refused is refused by each of them alike.
  if (first === undefined || whole === undefined) return first ?? new Response(null, { status: 502 });
  const tools = lists.flatMap((list) => list?.result.tools ?? []);
  return asJson({ ...whole, result: { ...whole.result, tools } }, first.status);
}

interface CallOptions extends ExchangeOptions {
  sending: Sending;
  message: Message;
  /** Aborts when the client cancels it and stays. */
  cancelled: AbortSignal;
}

/** One call of a tool, from its message to its end or to its limit. */
class ToolCall {
  readonly #runtime: McpRuntime;
  readonly #sending: Sending;
  readonly #message: Message;
  readonly #worker: ServedWorker | undefined;
  readonly #thread: string | undefined;
  readonly #limitMs: number;
  /** Aborts at the limit. */
  readonly #clock: AbortSignal;
  readonly #cancelled: AbortSignal;
  /** How many messages of progress the client has had. */
  #told = 0;

  constructor(runtime: McpRuntime, { sending, message, callTimeoutMs, threadId, cancelled }: CallOptions) {
    const name = message.params?.name;
    const worker = runtime.served.find(({ tools }) => tools.some((tool) => tool.name === name));
    const said = message.params?._meta?.[THREAD_KEY];
    this.#runtime = runtime;
    this.#worker = worker ?? runtime.served[0];
    this.#limitMs = callTimeoutMs ?? worker?.timeoutMs ?? CALL_TIMEOUT_MS;
    this.#clock = AbortSignal.timeout(this.#limitMs);
    this.#thread = typeof said === "string" ? said : threadId;
    const takesThread = worker?.tools.some((tool) => tool.name === name && tool.takesThread) ?? false;
    this.#message = takesThread && this.#thread !== undefined ? withThread(message, this.#thread) : message;
    const body = this.#message === message ? sending.body : JSON.stringify(this.#message);
    this.#cancelled = cancelled;
    const signal = AbortSignal.any([sending.signal, this.#clock, cancelled]);
    this.#sending = { ...sending, body, signal };
  }

  async answer(): Promise<Response> {
    try {
      const answer = await send(this.#runtime, this.#worker, this.#sending);
      if (isStream(answer)) return asStream(this.#streamed(answer), answer.status);
      const text = await answer.text();
      const message = tryParse(text);
      if (!resultForm.safeParse(message).success)
        return new Response(text, { status: answer.status, headers: answer.headers });
      return asJson(await lastIn(this.#settled(message)), answer.status);
    } catch (error) {
      const told = this.#whyEnded();
      if (told !== null) return asJson(told, 200);
      throw error;
    }
  }

  async *#streamed(answer: Response): AsyncGenerator<Json | undefined> {
    try {
      for await (const message of messagesOf(answer)) {
        if (resultForm.safeParse(message).success) yield* this.#settled(message);
        else yield* this.#progress(message);
      }
    } catch (error) {
      // Whoever has gone reads nothing more; at the limit they are told so.
      const told = this.#whyEnded();
      if (told === null) throw error;
      yield told;
    }
  }

  /** What a call gave, once its run is over or asks somebody: until then the run is waited on. */
  async *#settled(first: Json | undefined): AsyncGenerator<Json | undefined> {
    let { result } = resultForm.parse(first);
    while (isUnderWay(result.structuredContent))
      result = { ...result, ...(yield* this.#waited(String(result._meta?.["floom/run_id"]))) };
    const meta = this.#thread === undefined ? {} : { [THREAD_KEY]: this.#thread };
    const told = { ...result, _meta: { ...result._meta, ...meta } };
    yield toJson({ jsonrpc: "2.0", id: this.#message.id ?? null, result: told });
  }

  /** One more wait for a run: what it logs on the way, and in the end what it has come to. */
  async *#waited(run: string): AsyncGenerator<Json | undefined, object> {
    const before = this.#told;
    let seen = 0;
    let result: object = {};
    try {
      for await (const message of messagesOf(await this.#waitOn(run))) {
        result = resultForm.safeParse(message).data?.result ?? result;
        // A wait tells a run's log from its beginning.
        if (progressForm.safeParse(message).success && ++seen > before) yield* this.#progress(message);
      }
      return result;
    } catch (error) {
      const { origin, token } = this.#runtime;
      const api = createClient<Response>({ origin, token, fetch });
      await api.call(runRoutes.cancelRun, { params: { run } }).catch(() => undefined);
      throw error;
    }
  }

  #waitOn(run: string): Promise<Response> {
    const token = this.#message.params?._meta?.[TOKEN_KEY];
    const args = { run, seconds: WAIT_SECONDS, verbose: true };
    const params = {
      name: "run_wait",
      arguments: args,
      ...(token === undefined ? {} : { _meta: { [TOKEN_KEY]: token } }),
    };
    const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
    return send(this.#runtime, undefined, { headers, body, signal: this.#sending.signal });
  }

  /** Progress only ever grows, also over several waits. */
  *#progress(message: Json | undefined): Generator<Json | undefined> {
    const told = progressForm.safeParse(message).data;
    if (told === undefined) return void (yield message);
    this.#told += 1;
    yield toJson({ ...told, params: { ...told.params, progress: this.#told } });
  }

  /** What is said of a call that was stopped here; null for one that ended otherwise. */
  #whyEnded(): Json | null {
    const tool = this.#message.params?.name ?? "";
    if (this.#cancelled.aborted)
      return this.#refusal({ code: "cancelled", tool, detail: `${tool} was cancelled.` });
    if (!this.#clock.aborted) return null;
    const seconds = this.#limitMs / 1000;
    const detail = `${tool} took longer than its limit of ${seconds} s and was stopped.`;
    const next = "Ask for less at a time, or serve it with a longer --call-timeout.";
    return this.#refusal({ code: "timeout", tool, limit_seconds: seconds, detail, next });
  }

  #refusal(told: Record<string, Json>): Json {
    const isNewest = this.#message.params?._meta?.[VERSION_KEY] !== undefined;
    const result = {
      ...(isNewest ? { resultType: "complete" } : {}),
      content: [{ type: "text", text: JSON.stringify(told) }],
      structuredContent: told,
      isError: true,
    };
    return { jsonrpc: "2.0", id: this.#message.id ?? null, result };
  }
}

const toJson = (value: unknown): Json => z.json().parse(value);

/** A run's states in which it neither is over nor asks anybody. */
function isUnderWay(told: Record<string, unknown> | undefined): boolean {
  const over = ["completed", "failed", "cancelled", "approval_required"];
  return told !== undefined && "run_id" in told && !over.includes(String(told["status"]));
}

function withThread(message: Message, thread: string): Message {
  const given = message.params?.arguments ?? {};
  return { ...message, params: { ...message.params, arguments: { thread_id: thread, ...given } } };
}

const isStream = (answer: Response) =>
  (answer.headers.get("content-type") ?? "").startsWith("text/event-stream");

/** The messages of an answer as they come. */
async function* messagesOf(answer: Response): AsyncGenerator<Json | undefined> {
  if (!isStream(answer)) return void (yield tryParse(await answer.text()));
  if (answer.body === null) return;
  const events = answer.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  for await (const { data } of events) if (data !== "") yield tryParse(data);
}

/** The last message of an answer, be it one document or a stream of them. */
export const lastOf = (answer: Response): Promise<Json | undefined> => lastIn(messagesOf(answer));

async function lastIn(messages: AsyncIterable<Json | undefined>): Promise<Json | undefined> {
  let last: Json | undefined;
  for await (const message of messages) last = message;
  return last;
}

function asJson(message: unknown, status: number): Response {
  return new Response(JSON.stringify(message), { status, headers: { "content-type": "application/json" } });
}

function asStream(messages: AsyncIterable<Json | undefined>, status: number): Response {
  const encoder = new TextEncoder();
  const from = messages[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    pull: async (stream) => {
      const next = await from.next();
      if (next.done === true) return stream.close();
      stream.enqueue(encoder.encode(`event: message\ndata: ${JSON.stringify(next.value)}\n\n`));
    },
    cancel: async () => void (await from.return?.()),
  });
  return new Response(body, {
    status,
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}
