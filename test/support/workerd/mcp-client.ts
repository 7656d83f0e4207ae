import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { CallToolResult, ElicitResult } from "@modelcontextprotocol/client";
import { Client as OlderClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OlderTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { ElicitResult as OlderElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { exports } from "cloudflare:workers";
import { ownerToken } from "./api-harness.ts";

const about = { name: "a-test", version: "1.0.0" };

interface Way {
  token?: string;
  path?: string;
}

/** How every client reaches the edge inside workerd. */
const wire = (token: string) => ({
  fetch: (url: string | URL, init?: RequestInit) => exports.default.fetch(new Request(url, init)),
  requestInit: { headers: { authorization: `Bearer ${token}` } },
});
const addressOf = (path: string) => new URL(`http://floom.test${path}`);

/** A client of the newest protocol, or the same client in the older one. */
export async function openMcp({
  token = ownerToken,
  path = "/mcp",
  isOlder = false,
}: Way & { isOlder?: boolean } = {}): Promise<Client> {
  const mode = isOlder ? "legacy" : "auto";
  const client = new Client(about, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(addressOf(path), wire(token)));
  return client;
}

/** As what a client says that it can ask its person. */
type AskingWay = Way & { elicitation: { url?: Record<string, string>; form?: Record<string, string> } };

/** A client of the newest protocol that asks its person what a server wants to know; `answer` is that person. */
export async function openAskingMcp(
  { token = ownerToken, path = "/mcp", elicitation }: AskingWay,
  answer: (asked: { message: string; url?: string }) => Promise<ElicitResult>,
): Promise<Client> {
  const client = new Client(about, { versionNegotiation: { mode: "auto" }, capabilities: { elicitation } });
  client.setRequestHandler("elicitation/create", ({ params }) => answer(params as { message: string }));
  await client.connect(new StreamableHTTPClientTransport(addressOf(path), wire(token)));
  return client;
}

/** The official client of the protocol's first era. */
export async function openOlderMcp({
  token = ownerToken,
  path = "/mcp",
  extensions = {},
}: Way & { extensions?: Record<string, object> } = {}): Promise<OlderClient> {
  const client = new OlderClient(about, { capabilities: { extensions } });
  await client.connect(new OlderTransport(addressOf(path), wire(token)));
  return client;
}

/** The same, of a person who is asked what a server wants to know; `answer` is that person. */
export async function openOlderAskingMcp(
  { token = ownerToken, path = "/mcp", elicitation }: AskingWay,
  answer: (asked: { message: string; url?: string }) => Promise<OlderElicitResult>,
): Promise<OlderClient> {
  const client = new OlderClient(about, { capabilities: { elicitation } });
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params));
  await client.connect(new OlderTransport(addressOf(path), wire(token)));
  return client;
}

/** What a call gives, as a value, and whether it is a refusal. */
export async function callTool(
  client: Pick<Client, "callTool"> | OlderClient,
  name: string,
  args: Record<string, unknown> = {},
): Promise<{ isError: boolean; said: Record<string, unknown> }> {
  const { isError = false, structuredContent = {} } = (await client.callTool({
    name,
    arguments: args,
  })) as CallToolResult;
  return { isError, said: structuredContent as Record<string, unknown> };
}
