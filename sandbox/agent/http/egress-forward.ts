import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import type { EgressWay } from "../config.ts";

/**
 * Connections at a time. Each costs the agent two descriptors of its 1,024, without which it could not hold the limits
 * any more, and the host's proxy takes 256.
 */
const MAX_CONNECTIONS = 240;
/** Connections beyond, which are told so. Still more are closed as they come. */
const MAX_REFUSALS = 64;
/** Long enough to take in a request and give the answer; then a connection that was refused is closed. */
const REFUSAL_MS = 2_000;

const NO_PROXY_ANSWER =
  "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" +
  "The sandbox's way out is not available at the moment.\n";
const TOO_MANY_ANSWER =
  "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\nRetry-After: 1\r\nConnection: close\r\n\r\n" +
  `This sandbox has ${MAX_CONNECTIONS} connections to the network, which is as many as it may have at a time.\n`;

export interface EgressForward {
  /** Connections that are joined at the moment. */
  joined: () => number;
}

/**
 * Joins ports inside the sandbox to sockets of the host: its filter proxy, and the edge's own door. Each connection
 * opens the socket file anew, since a restarted host listens on a new one in the same folder.
 */
export function startEgressForward(ways: readonly EgressWay[]): EgressForward {
  let forwarding = 0;
  for (const { host, port, socket } of ways) {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      if (forwarding >= MAX_CONNECTIONS) return refuse(client);
      forwarding += 1;
      client.once("close", () => {
        forwarding -= 1;
      });
      forward(client, socket);
    });
    server.maxConnections = MAX_CONNECTIONS + MAX_REFUSALS;
    // A sandbox whose port is taken has no way out; that is not a reason to have no sandbox.
    server.on("error", (error) => process.stderr.write(`${JSON.stringify({ egress: error.message })}\n`));
    server.listen(port, host);
  }
  return { joined: () => forwarding };
}

/** Reads what comes, or the answer would be lost with it: a socket that is closed over unread bytes is reset. */
function refuse(client: Socket): void {
  client.on("error", () => client.destroy());
  client.once("data", () => client.end(TOO_MANY_ANSWER));
  client.once("end", () => client.destroySoon());
  client.resume();
  const timer = setTimeout(() => client.destroy(), REFUSAL_MS);
  client.once("close", () => clearTimeout(timer));
}

function forward(client: Socket, socket: string): void {
  const proxy = connect({ path: socket, allowHalfOpen: true });
  let connected = false;
  proxy.once("connect", () => {
    connected = true;
    client.pipe(proxy);
    proxy.pipe(client);
  });
  proxy.on("error", () => {
    if (connected) client.destroy();
    else client.end(NO_PROXY_ANSWER);
  });
  client.on("error", () => proxy.destroy());
  client.once("close", () => proxy.destroy());
  proxy.once("close", () => {
    if (connected) client.destroySoon();
  });
}
