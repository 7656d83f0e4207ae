import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fuzzCases } from "../../../test/support/fuzz-cases.ts";
import { createRandom } from "../../../test/support/random.ts";
import {
  createPulse,
  exchange,
  inParallel,
  makeRawRequest,
  readStatuses,
} from "../../../test/support/raw-http.ts";
import { readMemory } from "../../../test/support/read-memory.ts";
import { verifies } from "../../../test/verifies.ts";
import { buildLocalWorker } from "../../build/edge.ts";
import { serveWorkerd } from "./run-workerd.ts";
import type { RunningWorkerd } from "./run-workerd.ts";
import { putFrontBefore } from "./workerd-config.ts";

const messages = fuzzCases;
const atOnce = 100;
const seed = 20_261_128;
/** Far more than thousands of short messages leave behind, far less than they would if each were kept. */
const memoryBytes = 150 * 1024 * 1024;

/** Stands where the edge does, and shows what came through. */
const testEdge = `
let left = 0;
let gone = 0;
export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/echo") return new Response(request.body, { headers: { "x-method": request.method } });
    if (pathname === "/count") {
      let bytes = 0;
      for await (const part of request.body) bytes += part.byteLength;
      return new Response(String(bytes));
    }
    if (pathname === "/left") return new Response(String(left));
    if (pathname === "/gone-seen") return new Response(String(gone));
    if (pathname === "/endless") {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      context.waitUntil((async () => {
        try {
          for (;;) await writer.write(new Uint8Array(65536));
        } catch {
          left += 1;
        }
      })());
      return new Response(readable);
    }
    if (pathname === "/gone") {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      request.signal.addEventListener("abort", () => (gone += 1));
      context.waitUntil((async () => {
        while (gone === 0) {
          await writer.write(new Uint8Array([46])).catch(() => undefined);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })());
      return new Response(readable);
    }
    if (pathname === "/socket") {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener("message", ({ data }) => server.send("heard " + data));
      return new Response(null, { status: 101, webSocket: client });
    }
    if (pathname === "/large") return new Response("x".repeat(5_000_000));
    if (pathname === "/away") return Response.redirect("http://127.0.0.1:1/", 302);
    return Response.json({ method: request.method, url: request.url, headers: Object.fromEntries(request.headers) });
  },
};`;

let workerd: RunningWorkerd;
let origin: string;

beforeAll(async () => {
  const edge = {
    name: "edge",
    worker: {
      compatibilityDate: "2026-08-01",
      compatibilityFlags: ["enable_request_signal"],
      modules: [{ name: "edge.js", esModule: testEdge }],
    },
  };
  // What is no path of the edge goes by the assets, which here are a worker that asks the edge, as the real ones do.
  const assets = {
    name: "assets",
    worker: {
      compatibilityDate: "2026-08-01",
      modules: [
        {
          name: "assets.js",
          esModule: "export default { fetch: (request, { EDGE }) => EDGE.fetch(request) };",
        },
      ],
      bindings: [{ name: "EDGE", service: { name: "edge" } }],
    },
  };
  const behind = { assets: "assets", edgePaths: ["/api/*", "/gone"] };
  const { service, socket } = putFrontBefore(edge, await buildLocalWorker("front"), behind);
  workerd = await serveWorkerd(
    { services: [service, assets], sockets: [socket] },
    { host: "127.0.0.1", port: 0 },
  );
  origin = `http://127.0.0.1:${workerd.port}`;
});

afterAll(async () => {
  workerd.kill();
  await workerd.ended;
});

it("passes an upload on while it is sent, and the answer while it is made", async () => {
  verifies("edge:front:streams");
  const request = http.request(`${origin}/echo`, { method: "POST", agent: false });
  const answered = once(request, "response") as Promise<[http.IncomingMessage]>;
  request.write("first");
  const [response] = await answered;
  expect(String((await once(response, "data"))[0])).toBe("first");
  request.write("second");
  expect(String((await once(response, "data"))[0])).toBe("second");
  request.end();
  response.resume();
  await once(response, "end");
});

it("takes a body of any size, and knows a HEAD, a redirect and a large answer", async () => {
  verifies("edge:front:streams");
  const size = 64 * 1024 * 1024;
  const counted = await fetch(`${origin}/count`, { method: "POST", body: Buffer.alloc(size) });
  expect(await counted.text()).toBe(String(size));
  const head = await fetch(`${origin}/large`, { method: "HEAD" });
  expect([head.status, await head.text()]).toEqual([200, ""]);
  expect((await (await fetch(`${origin}/large`)).text()).length).toBe(5_000_000);
  expect((await fetch(`${origin}/away`, { redirect: "manual" })).status).toBe(302);
});

it("carries a socket both ways", async () => {
  verifies("edge:front:streams");
  const socket = new WebSocket(`${origin.replace("http", "ws")}/socket`);
  await once(socket, "open");
  socket.send("hello");
  const [event] = (await once(socket, "message")) as [MessageEvent];
  expect(event.data).toBe("heard hello");
  socket.close();
});

it("tells the edge when a reader leaves", async () => {
  verifies("edge:front:streams");
  const leaving = new AbortController();
  const response = await fetch(`${origin}/endless`, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await expect.poll(async () => (await fetch(`${origin}/left`)).text(), { timeout: 15_000 }).toBe("1");
});

it("tells the edge by the signal of the request when a reader leaves", async () => {
  verifies("edge:front:streams");
  const leaving = new AbortController();
  const response = await fetch(`${origin}/gone`, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
  await expect.poll(async () => (await fetch(`${origin}/gone-seen`)).text(), { timeout: 15_000 }).toBe("1");
});

it("keeps a connection for the next request", async () => {
  verifies("edge:front:streams");
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  const reused: boolean[] = [];
  for (let count = 0; count < 3; count += 1) {
    const request = http.get(`${origin}/x`, { agent });
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    response.resume();
    await once(response, "end");
    reused.push(request.reusedSocket);
  }
  agent.destroy();
  expect(reused).toEqual([false, true, true]);
});

it("tells the edge where a request really came from, and nothing that it claims", async () => {
  verifies("edge:front:true-address");
  const headers = {
    "CF-Connecting-IP": "192.0.2.7",
    "X-Forwarded-For": "192.0.2.7",
    "MF-Original-URL": "http://x/",
  };
  const seen = (await (await fetch(`${origin}/x?y=z`, { headers })).json()) as {
    url: string;
    headers: Record<string, string>;
  };
  expect(seen.url).toBe(`${origin}/x?y=z`);
  expect(seen.headers["cf-connecting-ip"]).toBe("127.0.0.1");
  expect(Object.keys(seen.headers).filter((name) => /^(?:mf-|x-forwarded)/.test(name))).toEqual([]);
});

it(
  "survives thousands of raw requests with no failure of its own but the answer to a bad method",
  { timeout: 180_000 },
  async () => {
    verifies("edge:front:framing");
    const paths = ["/x", "/echo", "/cdn-cgi/local/explorer", "http://other/x", "*", "", "//", "/%", "/\xff"];
    const random = createRandom(seed);
    const requests = Array.from({ length: messages }, () => makeRawRequest(random, paths));
    const pulse = createPulse(async () => (await fetch(`${origin}/x`)).text());
    const before = readMemory(workerd.pid);
    const said = new Set<number>();
    await inParallel(messages, atOnce, async (index) => {
      const request = requests[index] ?? Buffer.alloc(0);
      for (const status of readStatuses(await exchange({ port: workerd.port }, request, pulse)))
        said.add(status);
    });
    expect([...said].sort((a, b) => a - b)).toEqual([100, 200, 400, 404, 501]);
    expect(readMemory(workerd.pid) - before).toBeLessThan(memoryBytes);
    expect((await fetch(`${origin}/x`)).status).toBe(200);
  },
);

it("opens no tunnel for anybody", async () => {
  verifies("edge:front:framing");
  const tunnel = "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\nhello";
  const answer = await exchange({ port: workerd.port }, Buffer.from(tunnel), "closed");
  // The runtime says yes before the worker is asked; what is behind it is closed.
  expect(answer.toString().replace(/^[^]*?\r\n\r\n/, "")).toBe("");
  expect(readStatuses(answer).filter((status) => status >= 500)).toEqual([]);
});

it.each(["a b", "[::1", "x:99999", ""])("answers a bad request where the host is %j", async (host) => {
  verifies("edge:address:no-host");
  const answer = await exchange(
    { port: workerd.port },
    Buffer.from(`GET /x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`),
    "closed",
  );
  expect(readStatuses(answer)).toEqual([400]);
});

it("answers nothing of a request that stands in the body of another", async () => {
  verifies("edge:front:framing");
  const inner = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  const head = "GET /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
  const socket = connect(workerd.port, "127.0.0.1");
  socket.end(`${head}${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`);
  const answer = Buffer.concat(await socket.toArray());
  expect(readStatuses(answer)).toEqual([200]);
  expect(answer.toString()).not.toContain("smuggled");
});
