import { exports } from "cloudflare:workers";
import { ownerToken } from "./api-harness.ts";

/** How a client of the first Floom reaches its server. */
export type ClientMode = "token" | "secret" | "cli";

/** One request as that client makes it. */
export interface ClientRequest {
  query?: Record<string, string | number>;
  body?: unknown;
}

export interface ClientAnswer {
  status: number;
  type: string;
  body: unknown;
  headers: Headers;
}

/**
 * A client of the first Floom: hosted with a token below /api, or beside its own server with the shared secret and no
 * /api, as its MCP server and its command line do. It never says which shapes it wants, for it knows one kind only.
 */
export async function askAsOriginal(
  mode: ClientMode,
  [method, path]: readonly [string, string],
  request: ClientRequest = {},
): Promise<ClientAnswer> {
  const url = new URL(`http://floom.test${mode === "token" ? "/api" : ""}${path}`);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, String(value));
  const headers = new Headers({ "x-workeros-workspace": "local-default" });
  headers.set(
    "accept",
    mode === "cli" ? "application/json, text/plain, text/event-stream" : "application/json",
  );
  headers.set(mode === "token" ? "x-floom-token" : "x-floom-secret", ownerToken);
  const init: RequestInit = { method, headers };
  if (request.body !== undefined) {
    headers.set("content-type", "application/json");
    init.body = JSON.stringify(request.body);
  }
  const response = await exports.default.fetch(new Request(url, init));
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("text/event-stream")) {
    await response.body?.cancel();
    return { status: response.status, type, body: null, headers: response.headers };
  }
  const text = await response.text();
  return { status: response.status, type, body: readJson(text), headers: response.headers };
}

/** What is no JSON it takes as text, which is how a page once passed for an answer. */
function readJson(text: string): unknown {
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
