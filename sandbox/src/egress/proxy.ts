import { lookup } from "node:dns/promises";
import http from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import net from "node:net";
import type { Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { Duplex } from "node:stream";
import { forward } from "../forward/forward.ts";
import type { ForwardFailure } from "../forward/forward.ts";
import type { Authority } from "./authority.ts";
import { isEdgeRequest, maxEdgeBodyBytes, passesToEdge } from "./edge-access.ts";
import { HEADER_PORT, HeaderDoor } from "./header-door.ts";
import { headersFor } from "./header-rules.ts";
import type { HostHeaders } from "./header-rules.ts";
import { isPublicAddress } from "./ip-block.ts";
import type { EgressPolicy } from "./network-rules.ts";
import { isEdgeOrigin, parseAbsoluteForm, parseConnectTarget } from "./target.ts";
import type { EgressTarget } from "./target.ts";

/** Looks a name up; every address of both families. */
export type ResolveHost = (host: string) => Promise<string[]>;

/** What lies outside of all sandboxes, as this server reaches it; tests put their own in its place. */
export interface Outside {
  resolveHost: ResolveHost;
  /** Opens the connection to an address that was judged. */
  connect: (address: string, port: number) => Socket;
  /** PEM, of the authorities that are believed about hosts into whose requests something is put; undefined: Node's. */
  roots: string | undefined;
}

export interface EgressDeps extends Outside {
  /** Read on every request, so that a changed policy holds for the next connection. */
  policy: () => EgressPolicy;
  /** What is put into requests, read on every request as well. */
  headers: () => HostHeaders;
  authority: Authority;
  edgeOrigin: string;
}

/** The network as this machine has it, names by the system's resolver. */
export const realOutside: Outside = {
  resolveHost: async (host) => (await lookup(host, { all: true })).map(({ address }) => address),
  connect: (address, port) => net.connect(port, address),
  roots: undefined,
};

/** Per sandbox, to both of its servers: each costs a descriptor, which user code could otherwise use up. */
const MAX_CONNECTIONS = 256;
const CONNECT_TIMEOUT_MS = 30_000;
class Refused extends Error {}

/**
 * The one address a connection to `target` may go to. Throws Refused. The caller connects to this address
 * and not to the name again, so a name that changes its answer in between gains nothing.
 */
async function resolveAllowedAddress(target: EgressTarget, deps: EgressDeps): Promise<string> {
  const policy = deps.policy();
  if (!target.isAddress && !policy.mayResolve(target.host))
    throw new Refused("the network rules do not allow it");
  const addresses = target.isAddress ? [target.host] : await deps.resolveHost(target.host);
  const own = Object.values(networkInterfaces()).flatMap(
    (entries) => entries?.map((entry) => entry.address) ?? [],
  );
  const reachable = addresses.filter((address) => isPublicAddress(address) && !own.includes(address));
  if (reachable.length === 0) throw new Refused("it is not an address of the public internet");
  const allowed = reachable.find((address) => policy.allows(target.host, address));
  if (allowed === undefined) throw new Refused("the network rules do not allow it");
  return allowed;
}

/** Whether something is put into requests to it. */
function isBoundHost({ host }: EgressTarget, deps: EgressDeps): boolean {
  return headersFor(deps.headers(), host) !== undefined;
}

interface Answer {
  status: number;
  text: string;
}

function explain(host: string, error: unknown): Answer {
  if (error instanceof Refused)
    return { status: 403, text: `sandbox egress: ${host} is refused: ${error.message}\n` };
  return { status: 502, text: `sandbox egress: ${host} cannot be reached\n` };
}

function answer(response: ServerResponse, { status, text }: Answer): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8", connection: "close" }).end(text);
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** Shorter than the edge keeps a connection on which nothing comes. */
const KEPT_FOR_EDGE_MS = 2000;

/** Keeps a connection to the edge for this sandbox's next request: no other sandbox's goes over it. */
const keepForEdge = (): http.Agent =>
  new http.Agent({ keepAlive: true, maxFreeSockets: 1, timeout: KEPT_FOR_EDGE_MS });

function forwardToEdge({ request, response, url }: Call, agent: http.Agent): void {
  forward(request, response, {
    connection: { host: hostOf(url), port: Number(url.port || 80), agent },
    path: `${url.pathname}${url.search}`,
    passes: passesToEdge,
    headers: { host: url.host },
    maxBodyBytes: maxEdgeBodyBytes,
    onFailure: (failure, cause) => answer(response, explainFailure(url.host, failure, cause)),
  });
}

function forwardToAddress({ request, response, url }: Call, connect: () => Socket): void {
  forward(request, response, {
    connection: { createConnection: () => connectInTime(connect()) },
    path: `${url.pathname}${url.search}`,
    passes: () => true,
    headers: { host: url.host },
    maxBodyBytes: Infinity,
    onFailure: (failure, cause) => answer(response, explainFailure(url.host, failure, cause)),
  });
}

const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, "$1");

/** A connection that is not there after a while is given up; one that is may be as slow as it likes. */
function connectInTime(socket: Socket): Socket {
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error("no connection in time")));
  socket.once("connect", () => socket.setTimeout(0));
  return socket;
}

function explainFailure(host: string, failure: ForwardFailure, cause: unknown): Answer {
  switch (failure) {
    case "bad_request":
      return { status: 400, text: "sandbox egress: the request cannot be passed on\n" };
    case "too_large":
      return { status: 413, text: `sandbox egress: the body is larger than ${host} takes\n` };
    case "bad_answer":
      return { status: 502, text: `sandbox egress: ${host} answers what cannot be passed on\n` };
    case "unreachable":
      return explain(host, cause);
  }
}

async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  deps: EgressDeps & { edgeAgent: http.Agent },
): Promise<void> {
  const parsed = parseAbsoluteForm(request.url ?? "");
  if (parsed === undefined) {
    answer(response, { status: 400, text: "sandbox egress: only proxy requests are served here\n" });
    return;
  }
  const { url, target } = parsed;
  const call = { request, response, url };
  if (isEdgeRequest(request.method ?? "", url, deps.edgeOrigin)) return forwardToEdge(call, deps.edgeAgent);
  try {
    if (isBoundHost(target, deps)) throw new Refused("what is put into requests to it goes by https alone");
    const address = await resolveAllowedAddress(target, deps);
    forwardToAddress(call, () => deps.connect(address, target.port));
  } catch (error) {
    answer(response, explain(target.host, error));
  }
}

function refuseTunnel(client: Duplex, { status, text }: Answer): void {
  const reason = http.STATUS_CODES[status] ?? "Error";
  client.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\n` +
      `Connection: close\r\n\r\n${text}`,
  );
}

function openTunnel(client: Duplex, head: Buffer, server: Socket): void {
  let isOpen = false;
  server.setTimeout(CONNECT_TIMEOUT_MS, () => server.destroy(new Error("no connection in time")));
  server.once("connect", () => {
    isOpen = true;
    server.setTimeout(0);
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    if (head.length > 0) server.write(head);
    client.pipe(server).pipe(client);
  });
  server.on("error", (error) => (isOpen ? client.destroy() : refuseTunnel(client, explain("it", error))));
  server.once("close", () => (isOpen ? client.destroy() : undefined));
  client.once("close", () => server.destroy());
}

/**
 * Takes requests that are addressed to the edge itself and not to a proxy, and holds them to the same paths as any
 * other. Node's own fetch asks for a tunnel even for plain http: to the edge it gets one that ends here.
 */
function createEdgeServer(edgeOrigin: string, agent: http.Agent): Server {
  return http.createServer({ requestTimeout: 0 }, (request, response) => {
    const url = URL.parse(request.url ?? "", edgeOrigin);
    if (url === null || !isEdgeRequest(request.method ?? "", url, edgeOrigin)) {
      answer(response, explain("the edge", new Refused("only its run API can be reached")));
      return;
    }
    forwardToEdge({ request, response, url }, agent);
  });
}

/** A tunnel that ends here. */
function enterTunnel(client: Duplex, enter: () => void): void {
  client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
  enter();
}

function enterEdgeTunnel(edge: Server, client: Duplex, head: Buffer): void {
  enterTunnel(client, () => {
    if (head.length > 0) client.unshift(head);
    edge.emit("connection", client);
  });
}

function createDoor(deps: EgressDeps): HeaderDoor {
  return new HeaderDoor({
    authority: deps.authority,
    roots: deps.roots,
    headersFor: (host) => headersFor(deps.headers(), host),
    open: async (host) => {
      const target = { host, port: HEADER_PORT, isAddress: false };
      return connectInTime(deps.connect(await resolveAllowedAddress(target, deps), HEADER_PORT));
    },
    explain: explainFailure,
  });
}

async function handleConnect(
  request: IncomingMessage,
  client: Duplex,
  context: { head: Buffer; deps: EgressDeps; edge: Server; door: HeaderDoor },
): Promise<void> {
  client.on("error", () => client.destroy());
  const target = parseConnectTarget(request.url ?? "");
  if (target === undefined) {
    refuseTunnel(client, { status: 400, text: "sandbox egress: CONNECT needs host:port\n" });
    return;
  }
  if (isEdgeOrigin(target, context.deps.edgeOrigin)) {
    enterEdgeTunnel(context.edge, client, context.head);
    return;
  }
  try {
    const isBound = isBoundHost(target, context.deps);
    if (isBound && target.port !== HEADER_PORT)
      throw new Refused(`what is put into requests to it goes to port ${HEADER_PORT} alone`);
    const address = await resolveAllowedAddress(target, context.deps);
    if (isBound) enterTunnel(client, () => context.door.enter(client, context.head, target.host));
    else openTunnel(client, context.head, context.deps.connect(address, target.port));
  } catch (error) {
    refuseTunnel(client, explain(target.host, error));
  }
}

/**
 * The proxy through which one sandbox reaches the network: CONNECT and plain absolute-form requests to
 * public addresses its policy allows, and the run API of the edge. Everything else is answered 403. Tunnels carry what they
 * carry unseen, but those to hosts into whose requests something is put.
 */
export function createEgressProxy(deps: EgressDeps, edgeAgent = keepForEdge()): Server {
  const edge = createEdgeServer(deps.edgeOrigin, edgeAgent);
  const door = createDoor(deps);
  const server = http.createServer({ requestTimeout: 0 }, (request, response) => {
    void handleRequest(request, response, { ...deps, edgeAgent });
  });
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    void handleConnect(request, client, { head, deps, edge, door });
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return server;
}

/** What a sandbox's agent connects to. */
export interface Egress {
  proxy: Server;
  /** Stands in for the edge's own port, for an edge on the loopback of this machine. */
  edge: Server;
  /** Lets go of what is kept. */
  close: () => void;
}

/** Both servers of one sandbox, which take a limited number of connections together. */
export function createEgress(deps: EgressDeps): Egress {
  const edgeAgent = keepForEdge();
  const egress = {
    proxy: createEgressProxy(deps, edgeAgent),
    edge: createEdgeServer(deps.edgeOrigin, edgeAgent),
    close: () => edgeAgent.destroy(),
  };
  let open = 0;
  const admit = (socket: Socket): void => {
    if (open >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    open += 1;
    socket.once("close", () => (open -= 1));
  };
  for (const server of [egress.proxy, egress.edge]) server.prependListener("connection", admit);
  return egress;
}
