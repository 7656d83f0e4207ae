// `floom/mcp`: a worker of this machine as a server of MCP, for programs that want one without a command. `floom mcp
// serve` is made of nothing else.
import { createInterface } from "node:readline";
import * as z from "zod";
import { bridge } from "./bridge.ts";
import { lastOf, openExchange } from "./exchange.ts";
import type { ExchangeOptions } from "./exchange.ts";
import { listen } from "./http-server.ts";
import { judgeRules } from "./judge-request.ts";
import { startRuntime } from "./runtime.ts";
import type { McpRuntime, RuntimeOptions } from "./runtime.ts";
import { ServeError } from "./serve-error.ts";

export { ServeError };
export type { McpRuntime, RuntimeOptions };

/** A tool as a client's list has it. */
export interface ToolDescriptor {
  name: string;
  description?: string | undefined;
  inputSchema: Record<string, unknown>;
  [more: string]: unknown;
}

export interface ServeOptions {
  /**
   * How long a call may take, in seconds; its run is stopped then. By default what the worker's own worker.yml writes as
   * `limits.timeout_seconds`, or 30.
   */
  callTimeoutSeconds?: number | undefined;
  /** What `thread_id` is for tools that take one; a call's own `_meta["floom/thread_id"]` comes first. */
  threadId?: string | undefined;
  /** Ends the serving. */
  signal?: AbortSignal | undefined;
  /** Told what goes wrong; by default it is written to standard error. */
  note?: ((text: string) => void) | undefined;
}

export interface StdioOptions extends ServeOptions {
  /** The client's messages, one a line; by default standard input. */
  lines?: AsyncIterable<string>;
  /** Takes one message for the client; by default it is written to standard output. */
  write?: (message: unknown) => void;
}

export interface HttpOptions extends ServeOptions {
  /** By default 127.0.0.1: nobody but this machine. */
  host?: string | undefined;
  /** By default 8765; 0 takes any free one. */
  port?: number | undefined;
  /** By default /mcp. */
  path?: string | undefined;
  /** The only one there is. */
  transport?: string | undefined;
  /** Origins of web pages that are let in besides the address's own; scheme, name and port must be the same. */
  allowedOrigins?: readonly string[] | undefined;
  /** Whether pages of other origins are turned away; by default they are. */
  requireOrigin?: boolean | undefined;
  /** Told the address once it is listened on. */
  onListening?: (url: string) => void;
}

/**
 * Starts what a folder, or a file of typed functions, is served by: the local sandbox and an edge of its own, without a
 * server, an account or a model. Whoever has started it stops it. Throws ServeError (`kind`: usage, not_found,
 * unavailable), and leaves nothing running then.
 */
export function createMcpRuntime(options: RuntimeOptions): Promise<McpRuntime> {
  return startRuntime(options);
}

const listForm = z.object({
  result: z.object({
    tools: z.array(
      z.looseObject({ name: z.string(), description: z.string().optional(), inputSchema: z.looseObject({}) }),
    ),
  }),
});

/** The tools of a runtime as clients are told of them, by name. */
export async function listTools(runtime: McpRuntime): Promise<ToolDescriptor[]> {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  const answer = await openExchange(runtime)({ headers, body, signal: new AbortController().signal });
  return listForm.parse(await lastOf(answer)).result.tools;
}

/**
 * Serves one client over standard input and output, until it closes its side or the signal aborts. Calls that are under
 * way when the client closes are answered; those that are when the signal aborts are given up. Throws ServeError for a
 * time limit that is none.
 */
export async function serveStdio(runtime: McpRuntime, options: StdioOptions = {}): Promise<void> {
  const { lines = readLines(), write = writeLine, note = writeNote, signal } = options;
  const exchange = openExchange(runtime, toExchange(options));
  const serving = bridge(
    {
      address: runtime.origin,
      token: runtime.token,
      fetch: (_address, { headers, body, signal: givenUp }) => exchange({ headers, body, signal: givenUp }),
      write,
      note,
    },
    lines,
  );
  await Promise.race([serving, whenAborted(signal)]);
}

/**
 * Serves clients over streamable HTTP until the signal aborts. Throws ServeError: `usage` for a transport, a path, an
 * origin or a time limit that is none, or options by which any web page could use the tools; `unavailable` where the
 * address cannot be had.
 */
export async function serveHttp(runtime: McpRuntime, options: HttpOptions = {}): Promise<void> {
  const { note = writeNote, signal, onListening } = options;
  const rules = requireRules(options);
  const listening = await listen(openExchange(runtime, toExchange(options)), rules, note);
  try {
    onListening?.(listening.url);
    await whenAborted(signal);
  } finally {
    await listening.close();
  }
}

/** Whether calls may be served like this, before anything is started. Throws ServeError as serveStdio does. */
export function requireLimits(options: ServeOptions): void {
  toExchange(options);
}

/** Whether an address may be opened like this, before anything is started. Throws ServeError as serveHttp does. */
export function requireRules(options: HttpOptions) {
  const { transport = "streamable-http", host = "127.0.0.1", port = 8765, path = "/mcp" } = options;
  const { allowedOrigins = [], requireOrigin = true } = options;
  if (transport !== "streamable-http")
    throw new ServeError("usage", `${transport} is no transport of HTTP: there is streamable-http alone.`);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new ServeError("usage", "A port is a number from 0 to 65535.");
  const rules = { host, port, path, allowedOrigins, requireOrigin };
  const wrong = judgeRules(rules);
  if (wrong !== null) throw new ServeError("usage", wrong);
  return rules;
}

function toExchange({ callTimeoutSeconds, threadId }: ServeOptions): ExchangeOptions {
  if (callTimeoutSeconds === undefined) return { threadId };
  if (!(callTimeoutSeconds > 0 && callTimeoutSeconds <= 86_400))
    throw new ServeError("usage", "A call may take more than 0 and at most 86400 seconds.");
  return { threadId, callTimeoutMs: Math.ceil(callTimeoutSeconds * 1000) };
}

function whenAborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve();
    signal?.addEventListener("abort", () => resolve(), { once: true });
  });
}

const readLines = () => createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
const writeLine = (message: unknown) => void process.stdout.write(`${JSON.stringify(message)}\n`);
const writeNote = (text: string) => void process.stderr.write(`${text}\n`);
