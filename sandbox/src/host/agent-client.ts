import http from "node:http";

/** The agent could not be reached or did not answer as agreed: the sandbox is gone or not yet up. */
export class AgentUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AgentUnreachable";
  }
}

/** Says to an agent that a request comes from the host: whoever else reaches its socket gets nothing of it. */
export const agentTokenHeader = "x-agent-token";

/** How to reach one agent. Keep-alive: with one connection per call Node loses some answers to EPIPE. */
export interface AgentConnection {
  socketPath: string;
  pool: http.Agent;
  token: string;
}

/** A connection pool for the agent behind `socketPath`, which was told `token` when it was launched. */
export function openAgentConnection(socketPath: string, token: string): AgentConnection {
  return { socketPath, pool: new http.Agent({ keepAlive: true, maxFreeSockets: 4 }), token };
}

interface Call {
  method: "GET" | "POST";
  path: string;
  body?: unknown;
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 20_000;
/** An agent is not trusted to be the one that was launched: user code of the same uid may have taken it over. */
const MAX_ANSWER_CHARS = 1024 * 1024;

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
      signal: AbortSignal.timeout(call.timeoutMs ?? DEFAULT_TIMEOUT_MS),
      headers: {
        [agentTokenHeader]: connection.token,
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    request.on("error", fail);
    request.once("upgrade", (_response, socket) => socket.destroy(new Error("switched protocols")));
    request.once("close", () => fail(new Error("closed without an answer")));
    request.once("response", (response) => {
      let text = "";
      response.on("error", fail);
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (text.length > MAX_ANSWER_CHARS) request.destroy(new Error("an answer without end"));
      });
      response.once("end", () => {
        const status = response.statusCode ?? 0;
        if (status < 200 || status >= 300) fail(new Error(`status ${status}`));
        else parseAnswer(text, resolve, fail);
      });
    });
    request.end(body);
  });
}

function parseAnswer(text: string, resolve: (value: unknown) => void, fail: (cause: unknown) => void): void {
  try {
    resolve(text === "" ? undefined : JSON.parse(text));
  } catch (error) {
    fail(error);
  }
}
