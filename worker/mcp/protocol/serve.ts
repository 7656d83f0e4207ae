import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import type { McpHttpHandler, McpRequestContext } from "@modelcontextprotocol/server";
import packageJson from "../../../package.json" with { type: "json" };
import { describeError, log } from "../../platform/log.ts";
import type { McpCaller } from "../caller.ts";
import { withCards } from "../cards/card-resources.ts";
import { instructions } from "../instructions.ts";
import type { ResourceSource } from "../resources/resource-source.ts";
import type { ToolSource } from "../tool-source.ts";
import { cardCapabilities } from "./read-abilities.ts";
import { serveResources } from "./serve-resources.ts";
import { serveOlderCalledRuns, serveCalledRuns, calledRunCapabilities } from "./serve-tasks.ts";
import { serveTools } from "./serve-tools.ts";
import type { Serving } from "./serve-tools.ts";

// owns how tools are told and called in the words of the protocol, in both of its eras; its room alone knows the SDK.
// never loaded by a start, a hook or a run: whoever is asked for tools imports it then. Holds nothing between requests.

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
  const handler: McpHttpHandler = createMcpHandler(
    (context) => buildServer(served, { caller: callerOf(context), era: context.era }),
    {
      legacy: "stateless",
      maxRequestBodySize: MOST_BODY_BYTES,
      onerror: (error) => log("warn", "mcp.error", { error: describeError(error) }),
    },
  );
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

function capabilitiesOf(era: Serving["era"]) {
  if (era === "legacy") return { ...calledRunCapabilities.legacy, extensions: cardCapabilities };
  return { extensions: { ...calledRunCapabilities.modern.extensions, ...cardCapabilities } };
}

function buildServer({ tools, resources }: Served, serving: Serving): Server {
  const { caller, era } = serving;
  const about = { name: "floom", title: "Floom", version: packageJson.version };
  // No time to keep a list for: a worker that was deployed just now is a tool just now.
  const server = new Server(about, {
    capabilities: { tools: {}, resources: {}, ...capabilitiesOf(era) },
    instructions,
  });
  serveResources(server, withCards(resources), caller);
  serveTools(server, tools, serving);
  if (era === "modern") serveCalledRuns(server, caller);
  else serveOlderCalledRuns(server, caller);
  return server;
}
