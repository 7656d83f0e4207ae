import type { AuthProvider, CallToolResult, Client, Tool } from "@modelcontextprotocol/client";
import type { McpSettings } from "#contract/connections/connection";
import { limits } from "#contract/limits";
import { guardFetch } from "../guarded-fetch.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import { storedValuesSchema } from "../../platform/objects/stored-document.ts";
import type { ListedTool } from "../judge-tools.ts";

/** The server wants somebody to be signed in, or somebody else. */
export class NotSignedIn extends Error {
  override readonly name = "NotSignedIn";
}

export interface ServerAccess {
  settings: McpSettings;
  dial: Dial;
  /** The bearer token for the next request; undefined for none. */
  token: () => Promise<string | undefined>;
  /** The server refused the token: get another, or throw NotSignedIn. */
  refused: () => Promise<void>;
  signal: AbortSignal;
}

/**
 * Talks to a remote MCP server, and lets go of it. The library is loaded when the first connection is used; it is given a
 * token and a fetch, and decides nothing about either.
 */
export async function withServer<T>(access: ServerAccess, act: (client: Client) => Promise<T>): Promise<T> {
  const { Client, SSEClientTransport, StreamableHTTPClientTransport } =
    await import("@modelcontextprotocol/client");
  const { settings, signal } = access;
  const url = new URL(settings.url);
  const authProvider: AuthProvider = { token: access.token, onUnauthorized: () => access.refused() };
  const fetch = guardFetch(access.dial, { signal, origin: url.origin });
  const client = new Client(
    { name: "floom", version: "1.0.0", title: "Floom" },
    { versionNegotiation: { mode: "auto" }, capabilities: {} },
  );
  const transport =
    settings.transport === "sse"
      ? new SSEClientTransport(url, { authProvider, fetch })
      : new StreamableHTTPClientTransport(url, {
          authProvider,
          fetch,
          reconnectionOptions: {
            maxRetries: 0,
            initialReconnectionDelay: 1000,
            maxReconnectionDelay: 1000,
            reconnectionDelayGrowFactor: 1,
          },
        });
  const timeout = limits.connection_seconds.value * 1000;
  try {
    await client.connect(transport, { timeout, signal });
    return await act(client);
  } finally {
    await client.close().catch(() => {});
  }
}

/** All tools that a server lists, up to the most that are kept of one. */
export async function listServerTools(client: Client): Promise<ListedTool[]> {
  const found: ListedTool[] = [];
  const timeout = limits.connection_seconds.value * 1000;
  let cursor: string | undefined;
  do {
    const page: { tools: Tool[]; nextCursor?: string | undefined } = await client.listTools(
      cursor === undefined ? {} : { cursor },
      { timeout },
    );
    found.push(...page.tools.map(toListed));
    cursor = page.nextCursor;
  } while (cursor !== undefined && found.length < limits.connection_tools.value);
  return found.slice(0, limits.connection_tools.value);
}

function toListed(tool: Tool): ListedTool {
  const { title, readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = tool.annotations ?? {};
  const hints = { readOnlyHint, destructiveHint, idempotentHint, openWorldHint };
  return {
    name: tool.name,
    title: tool.title ?? title ?? null,
    description: tool.description ?? "",
    input_schema: storedValuesSchema.parse(tool.inputSchema),
    claims: Object.fromEntries(
      Object.entries(hints).filter((hint): hint is [string, boolean] => hint[1] !== undefined),
    ),
  };
}

/** One call, by the server's own name of the tool. `callId` goes along, for servers that know a repeat by it. */
export async function callServerTool(
  client: Client,
  { tool, args, callId }: { tool: string; args: Record<string, unknown>; callId: string },
): Promise<CallToolResult> {
  const timeout = limits.connection_call_seconds.value * 1000;
  return client.callTool({ name: tool, arguments: args, _meta: { "floom/call_id": callId } }, { timeout });
}
