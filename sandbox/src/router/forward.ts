import http from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AgentConnection } from "../host/agent-client.ts";

const notForTheAgent = new Set([
  "connection",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "expect",
  "cookie",
  "x-access-token",
  "x-api-key",
  "e2b-sandbox-id",
  "e2b-sandbox-port",
  "e2b-traffic-access-token",
]);
const notForTheClient = new Set(["connection", "keep-alive", "transfer-encoding"]);

function pickHeaders(
  headers: http.IncomingHttpHeaders,
  dropped: ReadonlySet<string>,
): http.OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.has(name)));
}

/**
 * Pipes a request to an agent and its answer back, both as streams. `onUnreachable` is called when the agent
 * cannot be spoken to and nothing was answered yet. A request is never sent twice: it may not be repeatable.
 */
export function forwardToAgent(
  request: IncomingMessage,
  response: ServerResponse,
  { agent, onUnreachable }: { agent: AgentConnection; onUnreachable: () => void },
): void {
  const outgoing = http.request({
    socketPath: agent.socketPath,
    agent: agent.pool,
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: { ...pickHeaders(request.headers, notForTheAgent), host: "sandbox" },
  });
  outgoing.once("response", (incoming) => {
    response.writeHead(incoming.statusCode ?? 502, pickHeaders(incoming.headers, notForTheClient));
    response.flushHeaders();
    incoming.pipe(response);
    incoming.on("error", () => response.destroy());
  });
  outgoing.on("error", () => {
    if (response.headersSent) response.destroy();
    else onUnreachable();
  });
  response.on("error", () => outgoing.destroy());
  response.once("close", () => {
    // An agent may answer before it has read everything. The rest is read to its end, or the client's next
    // request on this connection would wait behind it for ever.
    request.unpipe(outgoing);
    request.resume();
    outgoing.destroy();
  });
  request.pipe(outgoing);
}
