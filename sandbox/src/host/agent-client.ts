import http from "node:http";

/** The agent could not be reached or did not answer as agreed: the sandbox is gone or not yet up. */
export class AgentUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AgentUnreachable";
  }
}

/** How to reach one agent. Keep-alive: with one connection per call Node loses some answers to EPIPE. */
export type AgentConnection = { socketPath: string; pool: http.Agent };

/** A connection pool for the agent behind `socketPath`. */
export function openAgentConnection(socketPath: string): AgentConnection {
  return { socketPath, pool: new http.Agent({ keepAlive: true, maxFreeSockets: 4 }) };
}

type Call = { method: "GET" | "POST"; path: string; body?: unknown; timeoutMs?: number };

const defaultTimeoutMs = 20_000;

/** One call of the agent's host-only API; resolves to the parsed body. Throws AgentUnreachable. */
export function callAgent(connection: AgentConnection, call: Call): Promise<unknown> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new AgentUnreachable(`the sandbox's agent does not answer ${call.path}`, { cause }));
    const request = http.request({
      socketPath: connection.socketPath,
      agent: connection.pool,
      method: call.method,
      path: call.path,
      timeout: call.timeoutMs ?? defaultTimeoutMs,
      headers:
        body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
    });
    request.once("timeout", () => request.destroy(new Error("timed out")));
    request.once("error", fail);
    request.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.once("error", fail);
      response.once("end", () => {
        if ((response.statusCode ?? 500) >= 300) fail(new Error(`status ${response.statusCode}`));
        else resolve(text === "" ? undefined : JSON.parse(text));
      });
    });
    request.end(body);
  });
}
