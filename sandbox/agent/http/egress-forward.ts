import { connect, createServer, type Server, type Socket } from "node:net";

const NO_PROXY_ANSWER =
  "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n" +
  "The sandbox's way out is not available at the moment.\n";

/**
 * Joins `127.0.0.1:port` inside the sandbox to the host's filter proxy. Each connection opens the socket file
 * anew, since a restarted host listens on a new one in the same folder.
 */
export function startEgressForward(options: { proxySocket: string; proxyPort: number }): Server {
  const server = createServer({ allowHalfOpen: true }, (client) => forward(client, options.proxySocket));
  // A sandbox whose port is taken has no way out; that is not a reason to have no sandbox.
  server.on("error", (error) => process.stderr.write(`${JSON.stringify({ egress: error.message })}\n`));
  server.listen(options.proxyPort, "127.0.0.1");
  return server;
}

function forward(client: Socket, proxySocket: string): void {
  const proxy = connect({ path: proxySocket, allowHalfOpen: true });
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
