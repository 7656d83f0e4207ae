import { once } from "node:events";
import { createServer, request as ask } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

export interface BearerProxy {
  origin: string;
  close: () => Promise<void>;
}

interface ProxyOptions {
  /** The server behind. */
  origin: string;
  token: string;
  /** What else is said by another name there: the program's word, and the server's. */
  renames?: ReadonlyMap<string, string>;
}

/**
 * A server on this machine that passes every request on with a token added: for programs of others that cannot be told
 * one. Where such a program names this proxy as host or origin, the server behind is named instead; any other host or
 * origin stays as it was written. Answers are passed on as they are.
 */
export async function openBearerProxy(options: ProxyOptions): Promise<BearerProxy> {
  const behind = new URL(options.origin);
  const renames = [...(options.renames ?? [])];
  const rename = (text: string) =>
    renames.reduce((said, [from, to]) => said.replaceAll(`"${from}"`, `"${to}"`), text);
  const proxy = createServer((asked, answer) => {
    const pass = async () => {
      const body = rename((await buffer(asked)).toString());
      const headers = readdress(asked.headers, behind);
      headers.authorization = `Bearer ${options.token}`;
      const tool = headers["mcp-name"];
      if (typeof tool === "string") headers["mcp-name"] = options.renames?.get(tool) ?? tool;
      if (headers["content-length"] !== undefined)
        headers["content-length"] = String(Buffer.byteLength(body));
      const passed = ask(new URL(asked.url ?? "/", behind), { method: asked.method, headers });
      answer.once("close", () => passed.destroy());
      passed.end(body);
      const [got] = await once(passed, "response");
      answer.writeHead(got.statusCode, got.headers);
      await pipeline(got, answer);
    };
    // Whoever goes away ends the request behind, and nobody is left to be told.
    pass().catch(() => answer.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const own = [`127.0.0.1:${port}`, `localhost:${port}`];

  function readdress(headers: IncomingHttpHeaders, { host, origin }: URL): IncomingHttpHeaders {
    const named: IncomingHttpHeaders = { ...headers };
    if (own.includes(headers.host ?? "")) named.host = host;
    if (own.some((name) => headers.origin === `http://${name}`)) named.origin = origin;
    return named;
  }

  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      const closed = once(proxy, "close");
      proxy.close();
      proxy.closeAllConnections();
      await closed;
    },
  };
}
