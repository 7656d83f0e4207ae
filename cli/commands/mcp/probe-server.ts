import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Transport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import packageJson from "../../../package.json" with { type: "json" };

/** Where a server is: at an address, or behind the standard streams of a program. */
export type ProbePlace =
  | { kind: "http"; address: URL; token: string | undefined; fetch: typeof fetch }
  | { kind: "stdio"; command: string; args: readonly string[]; cwd: string };

interface Offered {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
}

/** One kind of what a server offers. `more`: the server has not come to an end of it where we did. */
export interface OfferedList<T> {
  items: T[];
  more: boolean;
}

/** What a server says of itself. Everything is as it said it: text of a stranger. */
export interface Probed {
  server: { name: string; version: string } | null;
  protocol_version: string | null;
  era: string | null;
  capabilities: Record<string, unknown>;
  instructions: string | null;
  tools: OfferedList<Offered & { inputSchema: unknown }>;
  resources: OfferedList<Offered & { uri: string }>;
  resource_templates: OfferedList<Offered & { uriTemplate: string }>;
  prompts: OfferedList<Offered>;
}

/** A server that pages without end is left after so many pages, and one that lists without end after so many things. */
const MOST_PAGES = 50;
const MOST_ITEMS = 2000;
/** What one answer may take: whoever says more is not listened to. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Asks a server for everything it offers, within `timeoutMs` in all. Throws what goes wrong. */
export async function probeServer(place: ProbePlace, timeoutMs: number): Promise<Probed> {
  const client = new Client(
    { name: "floom-probe", version: packageJson.version },
    { versionNegotiation: { mode: "auto" } },
  );
  const signal = AbortSignal.timeout(timeoutMs);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () =>
      reject(new Error(`It did not answer within ${timeoutMs / 1000} s.`)),
    );
  });
  try {
    return await Promise.race([late, askAll(client, openTransport(place), signal)]);
  } finally {
    await client.close().catch(() => undefined);
  }
}

function openTransport(place: ProbePlace): Transport {
  if (place.kind === "stdio") {
    const { command, args, cwd } = place;
    return new StdioClientTransport({ command, args: [...args], cwd, stderr: "ignore" });
  }
  const { address, token, fetch: ask } = place;
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new StreamableHTTPClientTransport(address, {
    requestInit: { headers, redirect: "error" },
    fetch: async (url, init) => cutLong(await ask(url, init)),
  });
}

/** The same answer, which breaks where it says more than we listen to. */
function cutLong(answer: Response): Response {
  if (answer.body === null) return answer;
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MOST_BYTES) controller.error(new Error(`An answer has more than ${MOST_BYTES} bytes.`));
      else controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = answer;
  return new Response(answer.body.pipeThrough(counting), { status, statusText, headers });
}

async function askAll(client: Client, transport: Transport, signal: AbortSignal): Promise<Probed> {
  await client.connect(transport, { signal });
  const capabilities = client.getServerCapabilities() ?? {};
  const server = client.getServerVersion();
  const ask = { signal };
  const tools = await listSome(capabilities.tools !== undefined, async (params) => {
    const page = await client.request({ method: "tools/list", params }, ask);
    return { items: page.tools, next: page.nextCursor };
  });
  const resources = await listSome(capabilities.resources !== undefined, async (params) => {
    const page = await client.request({ method: "resources/list", params }, ask);
    return { items: page.resources, next: page.nextCursor };
  });
  const templates = await listSome(capabilities.resources !== undefined, async (params) => {
    const page = await client.request({ method: "resources/templates/list", params }, ask);
    return { items: page.resourceTemplates, next: page.nextCursor };
  });
  const prompts = await listSome(capabilities.prompts !== undefined, async (params) => {
    const page = await client.request({ method: "prompts/list", params }, ask);
    return { items: page.prompts, next: page.nextCursor };
  });
  return {
    server: server === undefined ? null : { name: server.name, version: server.version },
    protocol_version: client.getNegotiatedProtocolVersion() ?? null,
    era: client.getProtocolEra() ?? null,
    capabilities: { ...capabilities },
    instructions: client.getInstructions() ?? null,
    tools,
    resources,
    resource_templates: templates,
    prompts,
  };
}

/** Pages of a list until it is over, comes back to where it was, or is long enough. */
async function listSome<T>(
  isOffered: boolean,
  ask: (params: { cursor?: string }) => Promise<{ items: T[]; next?: string | undefined }>,
): Promise<OfferedList<T>> {
  if (!isOffered) return { items: [], more: false };
  const seen = new Set<string | undefined>();
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    seen.add(cursor);
    const page = await ask(cursor === undefined ? {} : { cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined && !seen.has(cursor) && seen.size < MOST_PAGES && items.length < MOST_ITEMS);
  return { items: items.slice(0, MOST_ITEMS), more: cursor !== undefined || items.length > MOST_ITEMS };
}
