import http from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectSecurely, TLSSocket } from "node:tls";
import { forward } from "../forward/forward.ts";
import type { ForwardFailure } from "../forward/forward.ts";
import type { Authority } from "./authority.ts";

/** The only port of a host to which anything is put into requests. */
export const HEADER_PORT = 443;
const HANDSHAKE_MS = 30_000;
const ONE_PROTOCOL = ["http/1.1"];

export interface DoorDeps {
  authority: Authority;
  /** What is put into requests to this host now; undefined for nothing. */
  headersFor: (host: string) => Readonly<Record<string, string>> | undefined;
  /** A connection to that port of the host, at an address that may be reached now. Rejects where there is none. */
  open: (host: string) => Promise<Socket>;
  /** PEM, of the authorities that are believed about the real host; undefined for those that Node knows. */
  roots: string | undefined;
  /** Answers what went wrong on the way to the host. */
  explain: (host: string, failure: ForwardFailure, cause: unknown) => { status: number; text: string };
}

/** Why a request within a tunnel to `host` is not passed on, as the end of a sentence; null when it is. Pure. */
export function whyNotPassed(
  request: Pick<IncomingMessage, "method" | "url" | "rawHeaders">,
  host: string,
): string | null {
  const { method = "", url = "", rawHeaders } = request;
  // An answer to it would be the request, with what was put into it.
  if (/^(?:TRACE|TRACK|CONNECT|DEBUG)$/i.test(method)) return `${method} is not passed on to it`;
  if (!url.startsWith("/") && !(method === "OPTIONS" && url === "*"))
    return "a request to it names a path and no other host";
  const named = rawHeaders.filter(
    (_text, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === "host",
  );
  const [only = ""] = named;
  if (named.length !== 1 || only.toLowerCase().replace(/:443$/, "").replace(/\.$/, "") !== host)
    return "a request to it bears its own name in Host, once";
  return null;
}

/**
 * Ends the TLS of tunnels to hosts into whose requests something is put, and begins it anew towards the real host, whose
 * certificate it verifies before it says a word. Whatever the tunnel's inside says, it goes to the host that the
 * tunnel was asked for: its name is the one in TLS, in Host and in the certificate, or nothing is sent.
 */
export class HeaderDoor {
  readonly #deps: DoorDeps;
  readonly #hosts = new WeakMap<Socket, string>();
  readonly #server = http.createServer({ requestTimeout: 0 }, (request, response) => {
    void this.#serve(request, response);
  });

  constructor(deps: DoorDeps) {
    this.#deps = deps;
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Takes over a client that was told that its tunnel is there. */
  enter(client: Duplex, head: Buffer, host: string): void {
    if (head.length > 0) client.unshift(head);
    const context = this.#deps.authority.contextFor(host);
    const inside = new TLSSocket(client, {
      isServer: true,
      secureContext: context,
      ALPNProtocols: ONE_PROTOCOL,
      SNICallback: (name, answer) =>
        name.toLowerCase() === host ? answer(null, context) : answer(new Error("another name")),
    });
    const timer = setTimeout(() => client.destroy(), HANDSHAKE_MS);
    inside.on("error", () => client.destroy());
    inside.once("close", () => {
      clearTimeout(timer);
      client.destroy();
    });
    inside.once("secure", () => {
      clearTimeout(timer);
      // Who names nobody in TLS may mean anybody.
      if (nameIn(inside) !== host) return void inside.destroy();
      this.#hosts.set(inside, host);
      this.#server.emit("connection", inside);
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = this.#hosts.get(request.socket) ?? "";
    const headers = this.#deps.headersFor(host);
    const reason = whyNotPassed(request, host) ?? (headers ? null : "the network rules speak of it no more");
    if (reason !== null || headers === undefined) {
      request.resume();
      return answer(response, { status: 403, text: `sandbox egress: ${host} is refused: ${reason}\n` });
    }
    const fail = (failure: ForwardFailure, cause?: unknown) =>
      answer(response, this.#deps.explain(host, failure, cause));
    try {
      const upstream = await openVerified(host, await this.#deps.open(host), this.#deps.roots);
      if (response.destroyed) return void upstream.destroy();
      forward(request, response, {
        connection: { createConnection: () => upstream },
        path: request.url ?? "/",
        passes: (name) => name !== "host" && !Object.hasOwn(headers, name),
        headers: { ...headers, host },
        maxBodyBytes: Infinity,
        onFailure: fail,
      });
    } catch (error) {
      request.resume();
      fail("unreachable", error);
    }
  }
}

function nameIn(socket: TLSSocket): string {
  const name: unknown = Reflect.get(socket, "servername");
  return typeof name === "string" ? name.toLowerCase() : "";
}

function answer(response: ServerResponse, { status, text }: { status: number; text: string }): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(text);
}

/** Resolves once the host has proved its name: what is written before that could be read by whoever answers. */
function openVerified(host: string, socket: Socket, roots: string | undefined): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const ca = roots === undefined ? {} : { ca: roots };
    const names = { servername: host, ALPNProtocols: ONE_PROTOCOL, minVersion: "TLSv1.2" as const };
    const secured = connectSecurely({ socket, ...names, rejectUnauthorized: true, ...ca });
    const fail = (error: Error): void => {
      secured.destroy();
      socket.destroy();
      reject(error);
    };
    socket.on("error", fail);
    secured.on("error", fail);
    secured.once("close", () => fail(new Error("the connection was closed")));
    secured.setTimeout(HANDSHAKE_MS, () => fail(new Error("no connection in time")));
    secured.once("secureConnect", () => {
      secured.setTimeout(0);
      resolve(secured);
    });
  });
}
