import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { Server as OlderServer } from "@modelcontextprotocol/sdk/server/index.js";
import { SSEServerTransport } from "@modelcontextprotocol/sdk/server/sse.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { answering } from "../http/answering.ts";

/** A tool as a server of the tests lists it. */
export interface ServedTool {
  name: string;
  description: string;
  inputSchema?: { type: "object"; [key: string]: unknown };
  annotations?: Record<string, unknown>;
}

/** What a server of the tests has, and what has come to it. A test changes the tools while it runs. */
export interface McpPlace {
  tools: ServedTool[];
  calls: { tool: string; args: unknown; token: string | undefined; callId: unknown }[];
  /** Answers a call; text by default. */
  answer: (tool: string, args: unknown) => { content: { type: "text"; text: string }[]; isError?: boolean };
  /** Judges a request before the server has it: a status and headers, or null to let it in. */
  guard: (token: string | undefined) => { status: number; headers: Record<string, string> } | null;
}

export function newPlace(tools: ServedTool[]): McpPlace {
  return {
    tools,
    calls: [],
    answer: (tool, args) => ({ content: [{ type: "text", text: `${tool} ${JSON.stringify(args)}` }] }),
    guard: () => null,
  };
}

const listed = ({ tools }: McpPlace) => ({
  tools: tools.map((tool) => ({ inputSchema: { type: "object" as const }, ...tool })),
});

export const tokenOf = (header: string | string[] | null | undefined) =>
  typeof header === "string" ? header.replace(/^Bearer /, "") : undefined;

/** Answers a request as the SDK of today does. */
function newerHandler(place: McpPlace) {
  return createMcpHandler(() => {
    const server = new Server({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
    server.setRequestHandler("tools/list", () => listed(place));
    server.setRequestHandler("tools/call", ({ params }, context) => {
      const token = tokenOf(context.http?.req?.headers.get("authorization"));
      place.calls.push({
        tool: params.name,
        args: params.arguments,
        token,
        callId: params._meta?.["floom/call_id"],
      });
      return place.answer(params.name, params.arguments);
    });
    return server;
  });
}

function olderServer(place: McpPlace, token: string | undefined): OlderServer {
  const server = new OlderServer({ name: "test", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => listed(place));
  server.setRequestHandler(CallToolRequestSchema, ({ params }) => {
    place.calls.push({
      tool: params.name,
      args: params.arguments,
      token,
      callId: params._meta?.["floom/call_id"],
    });
    return place.answer(params.name, params.arguments);
  });
  return server;
}

async function answerOlder(
  place: McpPlace,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const transport = new StreamableHTTPServerTransport({});
  // The SDK's own types disagree with exactOptionalPropertyTypes.
  await olderServer(place, tokenOf(request.headers.authorization)).connect(transport as never);
  await transport.handleRequest(request, response);
}

/** Web-standard handlers over Node's server. */
export async function answerWith(
  handle: (request: Request) => Promise<Response>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const answer = await handle(
    new Request(`http://${request.headers.host}${request.url}`, {
      method: request.method ?? "GET",
      headers,
      ...(body.length === 0 ? {} : { body }),
    }),
  );
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  for await (const chunk of answer.body ?? []) response.write(chunk);
  response.end();
}

export interface Serving {
  url: string;
  close: () => Promise<void>;
}

/** Serves on loopback at a port of the system's choice. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Serving> {
  const server = createServer(answering(answer));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** An MCP server at `<url>/mcp`, of today's SDK or the older one; the older one's SSE is at `<url>/sse`. */
export function serveMcp(place: McpPlace, { isOlder = false } = {}): Promise<Serving> {
  const newer = newerHandler(place);
  const streams = new Map<string, SSEServerTransport>();
  return serve(async (request, response) => {
    const refused = place.guard(tokenOf(request.headers.authorization));
    if (refused !== null) return void response.writeHead(refused.status, refused.headers).end();
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/sse") {
      const transport = new SSEServerTransport("/messages", response);
      streams.set(transport.sessionId, transport);
      await olderServer(place, tokenOf(request.headers.authorization)).connect(transport as never);
      return;
    }
    const stream = streams.get(url.searchParams.get("sessionId") ?? "");
    if (url.pathname === "/messages") return stream?.handlePostMessage(request, response);
    if (isOlder) return answerOlder(place, request, response);
    return answerWith((asked) => newer.fetch(asked), request, response);
  });
}
