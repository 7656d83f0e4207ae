import http from "node:http";
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { Process } from "../../gen/process_pb.ts";
import { AgentUnreachable, agentTokenHeader } from "./agent-client.ts";
import type { AgentConnection } from "./agent-client.ts";

/** A command that the server itself has run in a sandbox. */
export interface AgentCommand {
  /** For bash. */
  script: string;
  /** `user` or `root`: whose home folder it has. */
  user: string;
  envs: Record<string, string>;
  cwd: string | null;
  /** After so long it is killed. */
  timeoutMs: number;
  /** Told of what it prints, as it comes; both streams. */
  onOutput?: (text: string) => void;
}

function headersFor({ token }: AgentConnection, user: string): Record<string, string> {
  return { [agentTokenHeader]: token, authorization: `Basic ${Buffer.from(`${user}:`).toString("base64")}` };
}

/**
 * Runs a command to its end; resolves to its exit code, 128 and more when a signal ended it. Throws when the sandbox
 * goes before that, or when the time is up.
 */
export async function runInSandbox(connection: AgentConnection, command: AgentCommand): Promise<number> {
  const transport = createConnectTransport({
    baseUrl: "http://agent.internal",
    httpVersion: "1.1",
    useBinaryFormat: false,
    nodeOptions: { socketPath: connection.socketPath, agent: connection.pool },
  });
  const { script, user, envs, cwd, timeoutMs, onOutput } = command;
  const stream = createClient(Process, transport).start(
    { process: { cmd: "/bin/bash", args: ["-l", "-c", script], envs, ...(cwd === null ? {} : { cwd }) } },
    { headers: headersFor(connection, user), timeoutMs },
  );
  const decoder = new TextDecoder();
  for await (const { event } of stream) {
    if (event?.event.case === "data" && event.event.value.output.value)
      onOutput?.(decoder.decode(event.event.value.output.value, { stream: true }));
    if (event?.event.case === "end") return event.event.value.exitCode;
  }
  throw new AgentUnreachable("the sandbox ended before its command did");
}

/** Copies a file of the sandbox to one of the host. Throws when it is larger than `maxBytes`, or cannot be read. */
export async function fetchFile(
  connection: AgentConnection,
  file: { from: string; to: string; maxBytes: number },
): Promise<void> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const request = http.get(
      {
        socketPath: connection.socketPath,
        agent: connection.pool,
        path: `/files?path=${encodeURIComponent(file.from)}`,
        headers: headersFor(connection, "user"),
      },
      resolve,
    );
    request.once("error", reject);
  });
  const length = Number(response.headers["content-length"]);
  if (response.statusCode !== 200 || !(length <= file.maxBytes)) {
    response.destroy();
    const why = response.statusCode === 200 ? `it takes ${length} bytes` : `status ${response.statusCode}`;
    throw new Error(`${file.from} of the sandbox cannot be fetched: ${why}`);
  }
  await pipeline(response, createWriteStream(file.to, { mode: 0o600 }));
}

/** Writes a file of the sandbox, with the folders above it. Throws AgentUnreachable when it is not taken. */
export async function putFile(
  connection: AgentConnection,
  file: { path: string; content: string },
): Promise<void> {
  const body = Buffer.from(file.content);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = http.request({
      socketPath: connection.socketPath,
      agent: connection.pool,
      method: "POST",
      path: `/files?path=${encodeURIComponent(file.path)}`,
      headers: {
        ...headersFor(connection, "user"),
        "content-type": "application/octet-stream",
        "content-length": body.length,
      },
    });
    request.once("response", (response) => {
      response.once("end", () => resolve(response.statusCode)).resume();
    });
    request.once("error", reject);
    request.end(body);
  });
  if (status !== 200) throw new AgentUnreachable(`the sandbox does not take ${file.path}: status ${status}`);
}
