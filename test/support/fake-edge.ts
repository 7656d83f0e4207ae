import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { PROBLEM_CONTENT_TYPE } from "#contract/problem";
import { problems } from "#contract/problem-registry";
import type { ProblemError } from "#contract/problem";
import type { ProblemCode } from "#contract/problem-registry";
import type { TableRoute } from "#contract/routes";
import { routes } from "#contract/routes";
import type { RouteId } from "#contract/routes";
import type { RunEvent } from "#contract/runs/run-event";
import { answering } from "./http/answering.ts";

/** One request as the fake read it. */
interface FakeRequest {
  routeId: RouteId;
  params: Record<string, string>;
  query: Record<string, string>;
  headers: IncomingMessage["headers"];
  body: Buffer;
  json: () => unknown;
  response: ServerResponse;
}

/** Answers a request: a value for a JSON route, or nothing when it wrote the response itself. */
export type FakeHandler = (request: FakeRequest) => unknown;

/** A refusal to give instead of an answer. */
export class FakeProblem extends Error {
  readonly code: ProblemCode;
  readonly errors: ProblemError[] | undefined;

  constructor(code: ProblemCode, detail: string, errors?: ProblemError[]) {
    super(detail);
    this.code = code;
    this.errors = errors;
  }
}

export interface FakeEdge {
  origin: string;
  token: string;
  /** What was asked, in order. */
  requests: FakeRequest[];
  close: () => Promise<void>;
}

/**
 * A small edge of the contract's own routes for tests of clients: it listens on this machine, demands the token, and
 * every JSON answer must pass the contract's schema or the request fails with 500.
 */
export async function startFakeEdge(handlers: Partial<Record<RouteId, FakeHandler>>): Promise<FakeEdge> {
  const token = "flm_test-token-that-must-never-be-printed";
  const requests: FakeRequest[] = [];
  const server = createServer(
    answering((message, response) => answer({ message, response, token, handlers, requests })),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    token,
    requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Writes events as the edge streams them; the connection stays open unless the last one is `close`. */
export function writeEvents(response: ServerResponse, events: readonly RunEvent[]): void {
  if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events)
    response.write(`id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

  if (events.at(-1)?.type === "close") response.end();
}

interface Exchange {
  message: IncomingMessage;
  response: ServerResponse;
  token: string;
  handlers: Partial<Record<RouteId, FakeHandler>>;
  requests: FakeRequest[];
}

async function answer({ message, response, token, handlers, requests }: Exchange): Promise<void> {
  const url = new URL(message.url ?? "/", "http://fake");
  try {
    const matched = matchRoute(message.method ?? "", url.pathname);
    if (matched === undefined) throw new FakeProblem("unknown_route", `There is no ${url.pathname}.`);
    const { route, params } = matched;
    const routeId = route.id as RouteId;
    if (route.access !== "public" && message.headers.authorization !== `Bearer ${token}`)
      throw new FakeProblem("unauthenticated", "There is no valid token.");

    const body = await buffer(message);
    const query = Object.fromEntries(url.searchParams);
    const request = {
      routeId,
      params,
      query,
      headers: message.headers,
      body,
      response,
      json: (): unknown => JSON.parse(body.toString("utf8")),
    };
    requests.push(request);
    const handler = handlers[routeId];
    if (handler === undefined) throw new FakeProblem("not_found", `The fake has no ${routeId}.`);
    const value = await handler(request);
    sendAnswer(route, response, value);
  } catch (error) {
    sendProblem(response, error instanceof FakeProblem ? error : new FakeProblem("internal", String(error)));
  }
}

function sendAnswer(route: TableRoute, response: ServerResponse, value: unknown): void {
  if (route.answer.kind === "empty") response.writeHead(204).end();
  if (route.answer.kind !== "json") return;
  const text = JSON.stringify(route.answer.schema.parse(value));
  response.writeHead(route.answer.status, { "content-type": "application/json" }).end(text);
}

function sendProblem(response: ServerResponse, { code, message, errors }: FakeProblem): void {
  const { status, title, retryable } = problems[code];
  const document = {
    type: `/docs/problems#${code}`,
    title,
    status,
    detail: message,
    instance: "",
    code,
    retryable,
    request_id: "req_00000000000000000000000001",
    ...(errors === undefined ? {} : { errors }),
  };
  response.writeHead(status, { "content-type": PROBLEM_CONTENT_TYPE }).end(JSON.stringify(document));
}

function matchRoute(
  method: string,
  path: string,
): { route: TableRoute; params: Record<string, string> } | undefined {
  const all: TableRoute[] = Object.values(routes);
  // Fixed paths win over those with parameters, as in a real router.
  for (const route of all.toSorted((a, b) => countParams(a) - countParams(b))) {
    const pattern = new RegExp(
      `^${route.path.replaceAll(".", "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`,
    );
    const match = route.method === method ? pattern.exec(path) : null;
    if (match !== null) return { route, params: { ...match.groups } };
  }
  return undefined;
}

function countParams({ path }: TableRoute): number {
  return path.split("{").length;
}
