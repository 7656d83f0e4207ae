import http from "node:http";
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endToEndHeaders, readFraming } from "./headers.ts";
import type { Framing, HeaderLines } from "./headers.ts";

/** Why nothing could be passed on or back. Each forwarder says it in its own words. */
export type ForwardFailure = "unreachable" | "bad_answer" | "bad_request" | "too_large";

/** Where a request goes, and what of it. */
export interface Upstream {
  connection:
    | { socketPath: string; agent: Agent }
    | { host: string; port: number; agent: Agent }
    | { createConnection: () => Socket };
  /** Path and query as they are sent. */
  path: string;
  /** Which of the sender's headers go on; those of one connection never do. */
  passes: (name: string) => boolean;
  /** Headers set whatever the sender said; `host` among them. */
  headers: Readonly<Record<string, string>>;
  maxBodyBytes: number;
  /** Called once at most, while nothing has been answered yet; `cause` is the connection's error, if it was one. */
  onFailure: (failure: ForwardFailure, cause?: unknown) => void;
}

const FIRST_STATUS = 200;
const LAST_STATUS = 599;

/**
 * Passes a request on and its answer back, both as streams, framed anew on each side: a body on any method keeps its
 * frame, an answer with a status that no client could be given becomes a failure, and neither an upgrade nor trailers
 * nor interim answers pass. A request is never sent twice: it may not be repeatable. Never throws.
 */
export function forward(request: IncomingMessage, response: ServerResponse, upstream: Upstream): void {
  // Whoever asked may have left while it was found out where to go.
  if (response.destroyed) return;
  const framing = readFraming(request.headers);
  const fail = once((failure: ForwardFailure, cause?: unknown) => {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    // What is left of a body that nobody takes is not read to its end.
    if (failure === "bad_request" || failure === "too_large") response.setHeader("connection", "close");
    upstream.onFailure(failure, cause);
  });
  request.on("error", () => undefined);
  if (framing === undefined) return refuse(request, () => fail("bad_request"));
  if (framing.kind === "length" && framing.bytes > upstream.maxBodyBytes)
    return refuse(request, () => fail("too_large"));

  const outgoing = openRequest(request, upstream, framing);
  if (outgoing === undefined) return refuse(request, () => fail("bad_request"));
  outgoing.once("response", (incoming) => answer(response, incoming, { outgoing, fail }));
  // Without a listener Node would leave the socket of an answer that switches protocols to nobody.
  outgoing.once("upgrade", (_incoming, socket: Socket) => {
    socket.destroy();
    fail("bad_answer");
  });
  outgoing.on("error", (error) => fail(isParseError(error) ? "bad_answer" : "unreachable", error));
  outgoing.once("close", () => (response.headersSent ? undefined : fail("unreachable")));
  response.on("error", () => outgoing.destroy());
  response.once("close", () => {
    // An answer may come before everything was read. The rest is read to its end, or the client's next request on
    // this connection would wait behind it for ever.
    request.unpipe(outgoing);
    request.resume();
    outgoing.destroy();
  });
  sendBody(request, outgoing, {
    framing,
    maxBytes: upstream.maxBodyBytes,
    onTooLarge: () => fail("too_large"),
  });
}

/** Answers a request of which nothing goes on, its body read away so that the connection can be used again. */
function refuse(request: IncomingMessage, refuseNow: () => void): void {
  request.resume();
  refuseNow();
}

function openRequest(
  request: IncomingMessage,
  upstream: Upstream,
  framing: Framing,
): ClientRequest | undefined {
  const headers: Record<string, string | string[]> = {
    ...endToEndHeaders(request, (name) => name !== "content-length" && upstream.passes(name)),
    ...upstream.headers,
    ...framingHeaders(framing),
  };
  try {
    return http.request({
      ...upstream.connection,
      method: request.method ?? "GET",
      path: upstream.path,
      headers,
      setHost: false,
    });
  } catch {
    // What Node's parser takes in and its writer refuses.
    return undefined;
  }
}

/** Said outright: left to itself, Node sends the body of a GET without any frame, and it is the next request then. */
function framingHeaders(framing: Framing): Record<string, string> {
  switch (framing.kind) {
    case "chunked":
      return { "transfer-encoding": "chunked" };
    case "length":
      return { "content-length": String(framing.bytes) };
    case "none":
      return {};
  }
}

interface Body {
  framing: Framing;
  maxBytes: number;
  onTooLarge: () => void;
}

function sendBody(request: IncomingMessage, outgoing: ClientRequest, body: Body): void {
  if (body.framing.kind === "none") {
    outgoing.end();
    request.resume();
    return;
  }
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= body.maxBytes) return;
    request.unpipe(outgoing);
    body.onTooLarge();
    outgoing.destroy();
  });
  request.pipe(outgoing);
}

interface Exchange {
  outgoing: ClientRequest;
  fail: (failure: ForwardFailure, cause?: unknown) => void;
}

function answer(response: ServerResponse, incoming: IncomingMessage, { outgoing, fail }: Exchange): void {
  incoming.on("error", () => response.destroy());
  const status = incoming.statusCode ?? 0;
  if (status < FIRST_STATUS || status > LAST_STATUS || !writeHead(response, status, incoming)) {
    outgoing.destroy();
    fail("bad_answer");
    return;
  }
  response.flushHeaders();
  incoming.pipe(response);
}

/** False when the answer holds what cannot be passed on. */
function writeHead(response: ServerResponse, status: number, incoming: IncomingMessage): boolean {
  const headers: HeaderLines = endToEndHeaders(incoming, () => true);
  try {
    response.writeHead(status, headers);
    return true;
  } catch {
    return false;
  }
}

function isParseError(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("HPE_");
}

function once<Args extends unknown[]>(act: (...args: Args) => void): (...args: Args) => void {
  let isDone = false;
  return (...args) => {
    if (isDone) return;
    isDone = true;
    act(...args);
  };
}
