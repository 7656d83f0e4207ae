import { createMcpHandler, ProtocolError, Server } from "@modelcontextprotocol/server";
import type { McpHttpHandler, McpRequestContext, ServerContext } from "@modelcontextprotocol/server";
import * as z from "zod";
import { ApiProblem } from "#contract/client";
import packageJson from "../../package.json" with { type: "json" };
import { describeError, log } from "../platform/log.ts";
import type { McpCaller } from "./caller.ts";
import { instructions } from "./instructions.ts";
import type { ResourceSource } from "./resources/resource-source.ts";
import type { ToolCall, ToolSource } from "./tool-source.ts";
import { refuse } from "./tool-result.ts";
import type { ToolResult } from "./tool-result.ts";

// owns how tools are told and called in the words of the protocol, in both of its eras; the only file that knows its SDK.
// never loaded by a start, a hook or a run: whoever is asked for tools imports it then. Holds nothing between requests.

/** JSON-RPC's own number for arguments that are none, which the protocol has for a tool that is not there. */
const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;
/** A client may give its call a key by this name, under which a repeat starts nothing. */
const KEY = "floom/idempotency_key";
const MOST_BODY_BYTES = 5 * 1024 * 1024;

/** Answers requests of MCP by these tools. One serves an isolate for all its life. */
export interface McpServing {
  answer: (request: Request, caller: McpCaller) => Promise<Response>;
}

/** What clients are served. */
export interface Served {
  tools: readonly ToolSource[];
  resources: ResourceSource;
}

/** Whose each request is, by what stands for them within the SDK. */
const callers = new WeakMap<object, McpCaller>();

export function openServing(served: Served): McpServing {
  const handler: McpHttpHandler = createMcpHandler((context) => buildServer(served, callerOf(context)), {
    legacy: "stateless",
    maxRequestBodySize: MOST_BODY_BYTES,
    onerror: (error) => log("warn", "mcp.error", { error: describeError(error) }),
  });
  return {
    answer: (request, caller) => {
      const authInfo = { token: "", clientId: caller.principal.id, scopes: [] };
      callers.set(authInfo, caller);
      return handler.fetch(request, { authInfo });
    },
  };
}

function callerOf({ authInfo }: McpRequestContext): McpCaller {
  const caller = authInfo && callers.get(authInfo);
  if (caller === undefined) throw new Error("nobody said who asks");
  return caller;
}

const listParams = z.looseObject({});
const callParams = z.looseObject({ name: z.string(), arguments: z.record(z.string(), z.json()).default({}) });

const pageParams = z.looseObject({ cursor: z.string().max(1000).optional() });
const readParams = z.looseObject({ uri: z.string().max(4000) });

function buildServer({ tools: sources, resources }: Served, caller: McpCaller): Server {
  const about = { name: "floom", title: "Floom", version: packageJson.version };
  // No time to keep a list for: a worker that was deployed just now is a tool just now.
  const server = new Server(about, { capabilities: { tools: {}, resources: {} }, instructions });
  serveResources(server, resources, caller);
  server.setRequestHandler("tools/list", { params: listParams }, async () => {
    const lists = await Promise.all(sources.map((source) => source.list(caller)));
    return { tools: lists.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
  });
  server.setRequestHandler("tools/call", { params: callParams }, async (params, serving) => {
    const call = readCall(params, serving);
    const acting = callFirst(sources, caller, call);
    // Whoever goes away gives the call up, and then there is something to do still: its run is cancelled.
    caller.keep(acting);
    const result = await acting;
    if (result !== null) return result;
    throw new ProtocolError(INVALID_PARAMS, `There is no tool ${call.name}. tools/list has all.`);
  });
  return server;
}

function serveResources(server: Server, resources: ResourceSource, caller: McpCaller): void {
  server.setRequestHandler("resources/list", { params: pageParams }, async ({ cursor }) => {
    const page = await orProtocolError(resources.list(caller, cursor));
    if (page !== null) return page;
    throw new ProtocolError(INVALID_PARAMS, "This cursor is none of the list's.", { cursor });
  });
  server.setRequestHandler("resources/templates/list", { params: pageParams }, () => ({
    resourceTemplates: [...resources.templates(caller)],
  }));
  server.setRequestHandler("resources/read", { params: readParams }, async ({ uri }) => {
    const content = await orProtocolError(resources.read(caller, uri));
    if (content !== null) return { contents: [content] };
    // Both eras' clients know a resource that is not there by the address in the error.
    throw new ProtocolError(INVALID_PARAMS, `There is no resource ${uri}.`, { uri });
  });
}

/** What has no result of its own to be refused in, is refused by an error of the protocol: the routes' own words. */
async function orProtocolError<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem)
      throw new ProtocolError(INTERNAL_ERROR, error.problem.detail, { code: error.problem.code });
    log("error", "mcp.read_failed", { error: describeError(error) });
    throw new ProtocolError(INTERNAL_ERROR, "That is this server's fault. Try again.");
  }
}

async function callFirst(
  sources: readonly ToolSource[],
  caller: McpCaller,
  call: ToolCall,
): Promise<ToolResult | null> {
  try {
    for (const source of sources) {
      const result = await source.call(caller, call);
      if (result !== null) return result;
    }
    return null;
  } catch (error) {
    log("error", "mcp.tool_failed", { tool: call.name, error: describeError(error) });
    return refuse({ code: "internal", detail: "The tool failed; that is this server's fault. Try again." });
  }
}

function readCall(params: z.output<typeof callParams>, { mcpReq }: ServerContext): ToolCall {
  const token = mcpReq._meta?.progressToken;
  const key = mcpReq._meta?.[KEY];
  let told = 0;
  return {
    name: params.name,
    args: params.arguments,
    idempotencyKey: typeof key === "string" && key !== "" ? key : null,
    signal: mcpReq.signal,
    progress:
      token === undefined
        ? null
        : async (message) => {
            told += 1;
            const progress = { progressToken: token, progress: told, message };
            await mcpReq.notify({ method: "notifications/progress", params: progress });
          },
  };
}
