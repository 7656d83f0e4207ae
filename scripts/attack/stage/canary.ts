import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import { portOf } from "../../local/ports.ts";

/** A server on this machine that nothing may reach: what gets here has got through. */
export interface Canary {
  port: number;
  /** What came, as `METHOD address authorization`, oldest first. */
  hits: readonly string[];
  stop: () => void;
}

/** Starts one on 127.0.0.1. It answers every request, tunnels included, so that nobody waits for it. */
export async function startCanary(): Promise<Canary> {
  const hits: string[] = [];
  const note = ({ method, url, headers }: IncomingMessage): void => {
    hits.push(`${method} ${url} ${headers.authorization ?? ""}`.trim());
  };
  const server = createServer((request, response) => {
    note(request);
    request.resume();
    response.writeHead(200, { "content-type": "application/json" }).end("[]");
  });
  server.on("connect", (request: IncomingMessage, socket) => {
    note(request);
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: portOf(server),
    hits,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
