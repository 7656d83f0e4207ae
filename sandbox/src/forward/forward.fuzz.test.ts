import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { IncomingMessage, Server } from "node:http";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fuzzCases } from "../../../test/support/fuzz-cases.ts";
import { createRandom } from "../../../test/support/random.ts";
import {
  createPulse,
  exchange,
  inParallel,
  makeRawAnswer,
  makeRawRequest,
  readStatuses,
} from "../../../test/support/raw-http.ts";
import { makeServerAuthority } from "../../../test/support/test-authority.ts";
import { verifies } from "../../../test/verifies.ts";
import { buildEgressPolicy } from "../egress/network-rules.ts";
import { createEgressProxy } from "../egress/proxy.ts";
import { openAgentConnection } from "../host/agent-client.ts";
import type { AgentConnection } from "../host/agent-client.ts";
import { forwardToAgent } from "../router/forward.ts";

const messages = fuzzCases;
const atOnce = 200;
const seed = 20_261_128;
/** What a forwarder answers by itself; anything else that it sends was said by the other end. */
const ownStatuses = [400, 403, 405, 408, 413, 417, 431, 502];
/** Far more than thousands of short messages leave behind, far less than they would if each were kept. */
const memoryBytes = 150 * 1024 * 1024;

let dir: string;
let servers: net.Server[];
let uncaught: unknown[];
const onUncaught = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-forward-"));
  servers = [];
  uncaught = [];
  process.on("uncaughtException", onUncaught);
  process.on("unhandledRejection", onUncaught);
});
afterEach(() => {
  process.off("uncaughtException", onUncaught);
  process.off("unhandledRejection", onUncaught);
  for (const server of servers) {
    server.close();
    if (server instanceof http.Server) server.closeAllConnections();
  }
  rmSync(dir, { recursive: true, force: true });
});

async function listen<T extends net.Server>(server: T, path?: string): Promise<number> {
  servers.push(server);
  if (path === undefined) server.listen(0, "127.0.0.1");
  else server.listen(path);
  await once(server, "listening");
  return path === undefined ? (server.address() as AddressInfo).port : 0;
}

/** What the other end saw: what it was made to read without the forwarder's stamp, and every byte that was none. */
function createWitness(isStamped: (request: IncomingMessage) => boolean) {
  const foreign: string[] = [];
  const broken: string[] = [];
  let passed = 0;
  const server = http.createServer((request, response) => {
    passed += 1;
    if (!isStamped(request)) foreign.push(`${request.method} ${request.url}`);
    request.resume();
    request.once("end", () => response.end("seen"));
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // One that was cut short by its sender is cut short here too; all else is bytes that were never a request.
    const code = String(error.code);
    if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") broken.push(code);
    socket.destroy();
  });
  return { server, foreign, broken, passed: () => passed };
}

/** A server that answers every request by the next of its answers and closes. */
function createLiar(): net.Server {
  const random = createRandom(seed);
  return net.createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(makeRawAnswer(random)));
  });
}

interface Forwarder {
  name: string;
  paths: string[];
  /** Whether a request bears what the forwarder says itself, which no bytes of a client can. */
  isStamped: (request: IncomingMessage) => boolean;
  start: (upstream: net.Server) => Promise<number>;
}

const forwarders: Forwarder[] = [
  {
    name: "the agents' forwarder",
    paths: ["/files?path=/x", "/process.Process/Start", "/health", "*", "http://x/files", "/\xff", ""],
    isStamped: ({ headers }) => headers["x-agent-token"] === "token" && headers.host === "sandbox",
    start: async (upstream) => {
      const path = join(dir, "agent.sock");
      await listen(upstream, path);
      const agent: AgentConnection = openAgentConnection(path, "token");
      return listen(
        http.createServer({ requestTimeout: 0 }, (request, response) => {
          forwardToAgent(request, response, {
            agent,
            onFailure: (failure) =>
              response.writeHead(failure === "too_large" ? 413 : failure === "bad_request" ? 400 : 502).end(),
          });
        }),
      );
    },
  },
  {
    name: "the egress proxy, on the way out",
    paths: [
      "http://example.com/a?b",
      "http://example.com:81/",
      "http://[::1]/",
      "https://x/",
      "/",
      "*",
      "http://",
    ],
    isStamped: ({ url }) => !url?.includes("smuggled"),
    start: async (upstream) => {
      const port = await listen(upstream);
      return listen(createProxy({ edgePort: 1, outPort: port }));
    },
  },
  {
    name: "the egress proxy, on the way to the edge",
    paths: [
      "/api/runs/r/runner/journal",
      "/api/runs/r/calls",
      "/api/runs/r/calls/c",
      "/api/runs/r/runner/files",
      "/api/health",
      "/api/workers",
      "/",
    ],
    isStamped: ({ headers }) => headers.host === `127.0.0.1:${edgePort}`,
    start: async (upstream) => {
      const port = await listen(upstream);
      edgePort = port;
      return listen(createProxy({ edgePort: port, outPort: 1 }));
    },
  },
];
let edgePort = 0;

function createProxy({ edgePort: edge, outPort }: { edgePort: number; outPort: number }): Server {
  const proxy = createEgressProxy({
    policy: () => buildEgressPolicy({ allowInternetAccess: true, allowOut: [], denyOut: [] }),
    headers: () => ({}),
    authority: makeServerAuthority(),
    roots: undefined,
    edgeOrigin: `http://127.0.0.1:${edge}`,
    resolveHost: () => Promise.resolve(["93.184.216.34"]),
    connect: () => net.connect(outPort, "127.0.0.1"),
  });
  return proxy;
}

function pathsOf({ name, paths }: Forwarder): string[] {
  return name.endsWith("edge") ? paths.map((path) => `http://127.0.0.1:${edgePort}${path}`) : paths;
}

/** A request that the forwarder passes on, after which its connection is done with. */
function plainRequest(forwarder: Forwarder): Buffer {
  const [path = "/"] = pathsOf(forwarder);
  return Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello`,
  );
}

function growth(before: number): number {
  globalThis.gc?.();
  return process.memoryUsage().rss - before;
}

// Seconds where the machine is free, and a test of many messages where it is not.
describe.each(forwarders)("$name", { timeout: 180_000 }, (forwarder) => {
  it("survives thousands of raw requests, and none makes the other end read what it was not sent", async () => {
    verifies("sandbox:forward:requests");
    const witness = createWitness(forwarder.isStamped);
    const port = await forwarder.start(witness.server);
    const random = createRandom(seed);
    const requests = Array.from({ length: messages }, () => makeRawRequest(random, pathsOf(forwarder)));
    const before = process.memoryUsage().rss;
    const odd: number[] = [];
    let beats = 0;
    const pulse = createPulse(async () => {
      beats += 1;
      await exchange({ port }, plainRequest(forwarder), "closed");
    });
    await inParallel(messages, atOnce, async (index) => {
      const statuses = readStatuses(await exchange({ port }, requests[index] ?? Buffer.alloc(0), pulse));
      odd.push(...statuses.filter((status) => status >= 300 && !ownStatuses.includes(status)));
    });
    expect(uncaught).toEqual([]);
    expect(odd).toEqual([]);
    expect(witness.foreign).toEqual([]);
    expect(witness.broken).toEqual([]);
    expect(witness.passed() - beats).toBeGreaterThan(messages / 100);
    expect(growth(before)).toBeLessThan(memoryBytes);
    expect(readStatuses(await exchange({ port }, plainRequest(forwarder), "closed"))).toEqual([200]);
  });

  it("survives thousands of raw answers, and passes none on that no client could be given", async () => {
    verifies("sandbox:forward:answers");
    const port = await forwarder.start(createLiar());
    const request = plainRequest(forwarder);
    const before = process.memoryUsage().rss;
    const said = new Set<number>();
    await inParallel(messages, atOnce, async () => {
      for (const status of readStatuses(await exchange({ port }, request, "closed"))) said.add(status);
    });
    expect(uncaught).toEqual([]);
    expect([...said].filter((status) => status < 200 || status > 599)).toEqual([]);
    expect(said.has(502)).toBe(true);
    expect(said.has(200)).toBe(true);
    expect(growth(before)).toBeLessThan(memoryBytes);
  });
});
