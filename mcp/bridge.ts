import { createParser } from "eventsource-parser";
import * as z from "zod";

// owns the way between a client that started us and the server: one message a line on this side, one request each on
// that. Understands of the protocol only what the way needs: ids, the version that both agreed on, and giving up.

/** JSON-RPC's number for a fault of whoever is between. */
const FAULT = -32000;
const BROKEN_JSON = -32700;
const NO_MESSAGE = -32600;
/** By this a server of the first era knows its client again. */
const SESSION_HEADER = "mcp-session-id";
const PROTOCOL_KEY = "io.modelcontextprotocol/protocolVersion";

const idForm = z.union([z.string(), z.number()]);
const messageForm = z.looseObject({
  id: idForm.optional(),
  method: z.string().optional(),
  params: z.looseObject({ _meta: z.looseObject({}).optional() }).optional(),
});
type Message = z.output<typeof messageForm>;
const agreedForm = z.object({ result: z.object({ protocolVersion: z.string() }) });
const givenUpForm = z.object({ requestId: idForm });

export interface BridgeDeps {
  address: string;
  token: string;
  fetch: (
    address: string,
    init: { method: "POST"; headers: Record<string, string>; body: string; signal: AbortSignal },
  ) => Promise<Response>;
  /** Takes one message for the client, to be written on a line of its own. */
  write: (message: unknown) => void;
  /** Tells the person what went wrong; never part of the protocol. */
  note: (text: string) => void;
}

/** Takes the client's messages until there are no more, and all answers to them are there. */
export async function bridge(deps: BridgeDeps, lines: AsyncIterable<string>): Promise<void> {
  const way = new Way(deps);
  const underWay = new Set<Promise<void>>();
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const sending: Promise<void> = way.take(line).finally(() => underWay.delete(sending));
    underWay.add(sending);
    // Whatever comes after it is said in the version that it agrees on.
    if (line.includes('"initialize"')) await sending;
  }
  await Promise.all(underWay);
}

class Way {
  readonly #deps: BridgeDeps;
  /** How each request under way is given up, by its id. */
  readonly #stops = new Map<string | number, AbortController>();
  /** What both sides agreed on; null before they did, and where every message says it itself. */
  #agreed: string | null = null;
  /** What the server calls this client; null before it says so. */
  #session: string | null = null;

  constructor(deps: BridgeDeps) {
    this.#deps = deps;
  }

  async take(line: string): Promise<void> {
    const message = readMessage(line);
    if (message === null) return this.#refuseLine(line);
    const { id, method } = message;
    if (method === "notifications/cancelled") {
      const stopped = givenUpForm.safeParse(message.params).data;
      // No second request could tell the server which one is meant: the first one is closed.
      if (stopped !== undefined) return this.#stops.get(stopped.requestId)?.abort();
    }
    const stop = new AbortController();
    if (id !== undefined) this.#stops.set(id, stop);
    try {
      await this.#send(line, message, stop.signal);
    } catch (error) {
      if (stop.signal.aborted) return;
      const why = `${this.#deps.address} cannot be reached: ${error instanceof Error ? error.message : "no answer"}`;
      this.#deps.note(why);
      if (id !== undefined) this.#refuse(id, FAULT, why);
    } finally {
      if (id !== undefined) this.#stops.delete(id);
    }
  }

  async #send(line: string, message: Message, signal: AbortSignal): Promise<void> {
    const { address, token } = this.#deps;
    const headers = {
      ...headersOf(message, this.#agreed),
      ...(this.#session === null ? {} : { [SESSION_HEADER]: this.#session }),
      authorization: `Bearer ${token}`,
    };
    const answer = await this.#deps.fetch(address, { method: "POST", headers, body: line, signal });
    this.#session = answer.headers.get(SESSION_HEADER) ?? this.#session;
    const type = answer.headers.get("content-type") ?? "";
    if (answer.status === 202) return;
    if (type.startsWith("text/event-stream")) return this.#readStream(answer);
    const text = await answer.text();
    if (readMessage(text) !== null && (answer.ok || text.includes('"jsonrpc"'))) return this.#pass(text);
    const why =
      answer.status === 401
        ? "The server does not take the token: sign in with `floom login`, or set FLOOM_TOKEN."
        : `The server answers ${answer.status}: ${text.slice(0, 300)}`;
    this.#deps.note(why);
    if (message.id !== undefined) this.#refuse(message.id, FAULT, why);
  }

  async #readStream({ body }: Response): Promise<void> {
    if (body === null) return;
    const parser = createParser({ onEvent: ({ data }) => data !== "" && this.#pass(data) });
    for await (const text of body.pipeThrough(new TextDecoderStream())) parser.feed(text);
  }

  #pass(text: string): void {
    const agreed = agreedForm.safeParse(readMessage(text)).data;
    if (agreed !== undefined) this.#agreed = agreed.result.protocolVersion;
    this.#deps.write(JSON.parse(text));
  }

  /** A line that is no message: one that is JSON may still say which request it was meant as. */
  #refuseLine(line: string): void {
    const value = parse(line);
    if (value === undefined) return this.#refuse(null, BROKEN_JSON, "This line is not JSON.");
    const asked = z.object({ id: idForm }).safeParse(value).data;
    this.#refuse(asked?.id ?? null, NO_MESSAGE, "This line is no message of JSON-RPC.");
  }

  #refuse(id: string | number | null, code: number, message: string): void {
    this.#deps.write({ jsonrpc: "2.0", id, error: { code, message } });
  }
}

function readMessage(text: string): Message | null {
  return messageForm.safeParse(parse(text)).data ?? null;
}

/** Undefined for what is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the protocol wants to stand in headers as well. Pure. */
function headersOf({ method, params }: Message, agreed: string | null): Record<string, string> {
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const said = params?._meta?.[PROTOCOL_KEY];
  const version = typeof said === "string" ? said : agreed;
  if (version !== null) headers["mcp-protocol-version"] = version;
  if (typeof said !== "string" || method === undefined) return headers;
  headers["mcp-method"] = method;
  const name = params?.["name"] ?? params?.["uri"];
  if (typeof name === "string") headers["mcp-name"] = name;
  return headers;
}
