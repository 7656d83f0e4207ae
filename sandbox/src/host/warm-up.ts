import http from "node:http";
import { AgentUnreachable, agentTokenHeader } from "./agent-client.ts";
import type { AgentConnection } from "./agent-client.ts";

const TIMEOUT_MS = 20_000;
const practiceFile = "/tmp/.practice";
const boundary = "practice";

/**
 * Has an agent do what its first client will ask for, an upload and a command, and takes both away again: what Node
 * compiles and loads at the first use of each is then done before somebody waits for it. Throws AgentUnreachable.
 */
export async function warmUp(connection: AgentConnection): Promise<void> {
  await post(connection, {
    path: "/files",
    mediaType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${practiceFile}"\r\n` +
        `Content-Type: application/octet-stream\r\n\r\npractice\r\n--${boundary}--\r\n`,
    ),
  });
  const command = { cmd: "/bin/bash", args: ["-l", "-c", `exec rm -f ${practiceFile}`] };
  await post(connection, {
    path: "/process.Process/Start",
    mediaType: "application/connect+json",
    body: envelope(JSON.stringify({ process: command })),
  });
}

/** One message of a Connect stream: a flag byte, the length, the message. */
function envelope(message: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(Buffer.byteLength(message), 1);
  return Buffer.concat([head, Buffer.from(message)]);
}

interface Post {
  path: string;
  mediaType: string;
  body: Buffer;
}

/** Resolves once the whole answer, which nobody reads, has come. */
function post({ socketPath, pool, token }: AgentConnection, { path, mediaType, body }: Post): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(new AgentUnreachable(`the sandbox's agent does not answer ${path}`, { cause }));
    const headers = {
      "content-type": mediaType,
      "content-length": body.length,
      [agentTokenHeader]: token,
    };
    const options = { socketPath, agent: pool, method: "POST", path, timeout: TIMEOUT_MS, headers };
    const request = http.request(options, (response) => {
      response.on("error", fail);
      response.once("end", () =>
        response.statusCode === 200 ? resolve() : fail(new Error(`status ${response.statusCode}`)),
      );
      response.resume();
    });
    request.once("timeout", () => request.destroy(new Error("timed out")));
    request.on("error", fail);
    request.once("close", () => fail(new Error("closed without an answer")));
    request.end(body);
  });
}
