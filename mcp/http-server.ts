import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { isIP } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Exchange } from "./exchange.ts";
import { judgeRequest } from "./judge-request.ts";
import type { DoorRules } from "./judge-request.ts";
import { ServeError } from "./serve-error.ts";

// owns the door of an address: who is let in, and the way of a message from there to the exchange. Holds no session.

const MOST_BODY_BYTES = 5 * 1024 * 1024;
/** Headers of the protocol that a client's message is sent on with; no other header leaves the door. */
const PASSED_ON = [
  "accept",
  "content-type",
  "mcp-protocol-version",
  "mcp-session-id",
  "mcp-method",
  "mcp-name",
];

export interface Listening {
  /** The address that clients are given. */
  url: string;
  close: () => Promise<void>;
}

/** Listens for messages. Throws ServeError `unavailable` where the address cannot be had. */
export async function listen(
  exchange: Exchange,
  rules: DoorRules,
  note: (text: string) => void,
): Promise<Listening> {
  let bound = rules;
  const server = createServer((request, response) => {
    take(request, response, { exchange, rules: bound }).catch((error: unknown) => {
      note(`A request failed: ${error instanceof Error ? error.message : String(error)}`);
      if (response.headersSent) response.destroy();
      else refuse(response, 502, "The tools cannot be reached just now.");
    });
  });
  try {
    server.listen(rules.port, rules.host);
    await once(server, "listening");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ServeError("unavailable", `${rules.host}:${rules.port} cannot be listened on: ${why}`, error);
  }
  const port = portOf(server);
  bound = { ...rules, port };
  const name = isIP(rules.host) === 6 ? `[${rules.host}]` : rules.host;
  return {
    url: `http://${name}:${port}${rules.path}`,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server listens on no port.");
  return address.port;
}

async function take(
  request: IncomingMessage,
  response: ServerResponse,
  { exchange, rules }: { exchange: Exchange; rules: DoorRules },
): Promise<void> {
  const { method = "", url = "", headers } = request;
  const { host, origin, accept } = headers;
  const contentType = headers["content-type"];
  const path = url.split("?", 1)[0] ?? "";
  const refusal = judgeRequest({ method, path, host, origin, accept, contentType }, rules);
  if (refusal !== null) return refuse(response, refusal.status, refusal.message);
  // Whoever stands here with an origin has been let in.
  if (origin !== undefined) {
    response.setHeader("access-control-allow-origin", origin);
    response.setHeader("access-control-expose-headers", "mcp-session-id");
    response.setHeader("vary", "origin");
  }
  if (method === "OPTIONS") return answerPreflight(response);
  const body = await readBody(request);
  if (body === null) return refuse(response, 413, `A message may have ${MOST_BODY_BYTES} bytes.`);
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const passed = PASSED_ON.flatMap((name) => {
    const value = headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const answer = await exchange({ headers: Object.fromEntries(passed), body, signal: gone.signal });
  await write(response, answer, gone.signal);
}

async function write(response: ServerResponse, answer: Response, gone: AbortSignal): Promise<void> {
  const type = answer.headers.get("content-type");
  const session = answer.headers.get("mcp-session-id");
  response.writeHead(answer.status, {
    "cache-control": "no-store",
    ...(type === null ? {} : { "content-type": type }),
    ...(session === null ? {} : { "mcp-session-id": session }),
  });
  if (answer.body === null) return void response.end();
  try {
    await pipeline(Readable.from(answer.body), response);
  } catch (error) {
    // Nobody is there to be told; the call has been given up with them.
    if (!gone.aborted) throw error;
  }
}

/** Null for more than a message may have. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > MOST_BODY_BYTES) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function answerPreflight(response: ServerResponse): void {
  response.writeHead(204, {
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": PASSED_ON.join(", "),
    "access-control-max-age": "600",
  });
  response.end();
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const error = { jsonrpc: "2.0", id: null, error: { code: -32000, message } };
  response.writeHead(status, {
    "content-type": "application/json",
    ...(status === 405 ? { allow: "POST" } : {}),
    // What was not read of a message that is too long is not waited for.
    ...(status === 413 ? { connection: "close" } : {}),
  });
  response.end(JSON.stringify(error));
}
