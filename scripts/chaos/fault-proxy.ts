import { once } from "node:events";
import http from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { portOf } from "../local/ports.ts";
import { Weather } from "./weather.ts";
import type { Disturbance, Way } from "./weather.ts";

export interface FaultProxyOptions {
  /** Where requests really go, an http:// origin on this machine. */
  target: string;
  seed: number;
  /** Which way a request takes. */
  wayOf: (request: IncomingMessage) => Way;
}

/** Somebody in between who passes requests on, and lies, stalls, cuts and repeats by the seed's weather. */
export interface FaultProxy {
  url: string;
  /** From now on the weather is on; `startedAt` is its first moment, on the clock of `performance.now`. */
  begin: (startedAt: number) => void;
  /** From now on everything is passed on. */
  end: () => void;
  /** How many requests have suffered so far. */
  disturbed: () => number;
  close: () => void;
}

/** Requests up to this size can be sent late or twice. */
const MOST_KEPT_BYTES = 2 * 1024 * 1024;

/** Starts it on a free port of this machine. */
export async function startFaultProxy({ target, seed, wayOf }: FaultProxyOptions): Promise<FaultProxy> {
  const weathers: Record<Way, Weather> = {
    control: new Weather(seed, "control"),
    data: new Weather(seed, "data"),
    edge: new Weather(seed, "edge"),
  };
  let beganAt = Infinity;
  let disturbed = 0;
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    const atMs = performance.now() - beganAt;
    const disturbance = atMs >= 0 ? weathers[wayOf(request)].judge(atMs) : null;
    if (disturbance !== null) disturbed += 1;
    void pass({ request, response, target, agent }, disturbance);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    begin: (startedAt) => (beganAt = startedAt),
    end: () => (beganAt = Infinity),
    disturbed: () => disturbed,
    close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
    },
  };
}

interface Passage {
  request: IncomingMessage;
  response: ServerResponse;
  target: string;
  agent: http.Agent;
}

async function pass(passage: Passage, disturbance: Disturbance | null): Promise<void> {
  const { request, response } = passage;
  // Whoever has gone is not told anything.
  response.on("error", () => undefined);
  switch (disturbance?.kind) {
    case "status":
      request.resume();
      return lie(response, disturbance.status);
    case "stall":
      return relayLate(passage, disturbance.ms);
    case "cut":
      return relay(passage, (answer) => cutInTheMiddle(answer, response));
    case "drop":
      return relay(passage, (answer) => {
        answer.destroy();
        response.destroy();
      });
    case "twice":
      return relayTwice(passage);
    case undefined:
      return relay(passage, (answer) => answer.pipe(response));
  }
}

/** What a gateway says for itself: a page, or JSON that knows nothing of whoever stands behind it. */
function lie(response: ServerResponse, status: number): void {
  const isPage = status % 2 === 0;
  response.writeHead(status, {
    "content-type": isPage ? "text/html" : "application/json",
    // After a refusal that did not read the whole request the connection cannot be used again.
    connection: "close",
  });
  response.end(isPage ? `<h1>${status}</h1>\n` : JSON.stringify({ code: status, message: "no" }));
}

type OnAnswer = (answer: IncomingMessage) => void;

function relay(passage: Passage, onAnswer: OnAnswer): void {
  passage.request.pipe(ask(passage, onAnswer));
}

/** Opens the request behind; the head of its answer is passed on before `onAnswer` takes care of the rest. */
function ask({ request, response, target, agent }: Passage, onAnswer: OnAnswer): http.ClientRequest {
  const behind = http.request(new URL(request.url ?? "/", target), {
    agent,
    method: request.method ?? "GET",
    headers: headersOf(request),
  });
  behind.on("response", (answer) => {
    answer.on("error", () => response.destroy());
    if (!response.headersSent && !response.destroyed)
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    onAnswer(answer);
  });
  // Nobody listens behind: to the caller that is a connection that ends.
  behind.on("error", () => response.destroy());
  response.on("close", () => behind.destroy());
  return behind;
}

function headersOf(request: IncomingMessage): http.OutgoingHttpHeaders {
  const { host: _, ...headers } = request.headers;
  return headers;
}

function cutInTheMiddle(answer: IncomingMessage, response: ServerResponse): void {
  answer.once("data", (chunk: Buffer) => {
    response.write(chunk.subarray(0, Math.floor(chunk.length / 2)), () => response.destroy());
  });
  answer.once("end", () => response.destroy());
}

/** Passes a request on later, also when whoever sent it has given up by then. */
async function relayLate(passage: Passage, ms: number): Promise<void> {
  const body = await readWhole(passage.request);
  await sleep(ms);
  if (body === null) return relay(passage, (answer) => answer.pipe(passage.response));
  if (passage.response.destroyed) return sendCopy(passage, body);
  ask(passage, (answer) => answer.pipe(passage.response)).end(body);
}

async function relayTwice(passage: Passage): Promise<void> {
  const { request, response } = passage;
  const body = await readWhole(request);
  if (body === null) return relay(passage, (answer) => answer.pipe(response));
  sendCopy(passage, body);
  ask(passage, (answer) => answer.pipe(response)).end(body);
}

/** A request's body; null, and nothing is read, when it is too long to be kept. */
async function readWhole(request: IncomingMessage): Promise<Buffer | null> {
  const length = Number(request.headers["content-length"] ?? 0);
  if (length > MOST_KEPT_BYTES || request.headers["transfer-encoding"] !== undefined) return null;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) throw new TypeError("the request was read as text");
      chunks.push(chunk);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}

/** The same request once more; nobody waits for its answer. */
function sendCopy({ request, response, target }: Passage, body: Buffer): void {
  const copy = http.request(new URL(request.url ?? "/", target), {
    agent: false,
    method: request.method ?? "GET",
    headers: headersOf(request),
  });
  copy.on("response", (answer) => answer.on("error", () => undefined).resume());
  copy.on("error", () => undefined);
  response.on("close", () => copy.destroy());
  copy.end(body);
}
