import type { IncomingMessage, ServerResponse } from "node:http";
import { forward } from "../forward/forward.ts";
import type { ForwardFailure } from "../forward/forward.ts";
import { agentTokenHeader } from "../host/agent-client.ts";
import type { AgentConnection } from "../host/agent-client.ts";

/** What an agent needs to hear: the protocol's own headers, what a file's transfer says, and who the user is. */
const forTheAgent: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "authorization",
  "connect-accept-encoding",
  "connect-content-encoding",
  "connect-protocol-version",
  "connect-timeout-ms",
  "content-encoding",
  "content-type",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "keepalive-ping-interval",
  "range",
  "user-agent",
]);
const fileMetadata = /^x-metadata-/;

/** An agent takes messages up to 16 MiB, and files as large as its disks. */
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;
const MAX_FILE_BYTES = 2 * 1024 * 1024 * 1024;

export interface AgentForward {
  agent: AgentConnection;
  onFailure: (failure: ForwardFailure) => void;
}

/** Passes a request of a client on to an agent and its answer back. `onFailure`: nothing was answered yet. */
export function forwardToAgent(
  request: IncomingMessage,
  response: ServerResponse,
  { agent, onFailure }: AgentForward,
): void {
  const path = request.url ?? "/";
  forward(request, response, {
    connection: { socketPath: agent.socketPath, agent: agent.pool },
    path,
    passes: (name) => forTheAgent.has(name) || fileMetadata.test(name),
    headers: { host: "sandbox", [agentTokenHeader]: agent.token },
    maxBodyBytes: path.startsWith("/files") ? MAX_FILE_BYTES : MAX_MESSAGE_BYTES,
    onFailure,
  });
}
