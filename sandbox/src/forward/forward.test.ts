import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import net from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exchange, readStatuses } from "../../../test/support/raw-http.ts";
import { forward } from "./forward.ts";
import type { ForwardFailure } from "./forward.ts";

const maxBodyBytes = 1_000;

let dir: string;
let socketPath: string;
let agent: http.Agent;
let upstream: net.Server | undefined;
let front: http.Server;
let port: number;
let failures: ForwardFailure[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-forward-"));
  socketPath = join(dir, "upstream.sock");
  agent = new http.Agent({ keepAlive: true });
  failures = [];
  front = http.createServer((request, response) => {
    forward(request, response, {
      connection: { socketPath, agent },
      path: request.url ?? "/",
      passes: (name) => name !== "x-secret",
      headers: { host: "upstream", "x-said": "by-the-forwarder" },
      maxBodyBytes,
      onFailure: (failure) => {
        failures.push(failure);
        response.writeHead(502).end(failure);
      },
    });
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  port = (front.address() as AddressInfo).port;
});
afterEach(() => {
  agent.destroy();
  for (const server of [front, upstream]) {
    server?.close();
    if (server instanceof http.Server) server.closeAllConnections();
  }
  upstream = undefined;
  rmSync(dir, { recursive: true, force: true });
});

async function serve(listener: RequestListener): Promise<void> {
  upstream = http.createServer(listener);
  upstream.listen(socketPath);
  await once(upstream, "listening");
}

/** An upstream that answers whatever comes with these bytes. */
async function serveRaw(bytes: string): Promise<void> {
  upstream = net.createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.from(bytes, "latin1")));
  });
  upstream.listen(socketPath);
  await once(upstream, "listening");
}

const send = (text: string): Promise<Buffer> => exchange({ port }, Buffer.from(text, "latin1"), "closed");

const head = (start: string, headers: string[]): string =>
  `${[`${start} HTTP/1.1`, "Host: x", "Connection: close", ...headers].join("\r\n")}\r\n\r\n`;

describe("a request that is passed on", () => {
  it.each(["GET", "HEAD", "DELETE", "OPTIONS", "POST", "PUT"])(
    "keeps the frame of a chunked body on %s",
    async (method) => {
      const seen: { headers: http.IncomingHttpHeaders; body: string; url: string | undefined }[] = [];
      await serve((request, response) => {
        let body = "";
        request.setEncoding("utf8").on("data", (part: string) => (body += part));
        request.on("end", () => {
          seen.push({ headers: request.headers, body, url: request.url });
          response.end();
        });
      });
      const body = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
      const framed = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
      expect(readStatuses(await send(head(`${method} /a`, ["Transfer-Encoding: chunked"]) + framed))).toEqual(
        [200],
      );
      expect(readStatuses(await send(head("GET /b", [])))).toEqual([200]);
      expect(seen.map(({ url }) => url)).toEqual(["/a", "/b"]);
      expect(seen[0]).toMatchObject({ body, headers: { "transfer-encoding": "chunked" } });
      expect(seen[1]?.headers).not.toHaveProperty("transfer-encoding");
    },
  );

  it("bears the forwarder's headers, those that may pass, and none of one connection", async () => {
    let headers: http.IncomingHttpHeaders = {};
    await serve((request, response) => {
      headers = request.headers;
      response.end();
    });
    const sent = [
      "X-Said: by-the-client",
      "X-Secret: 1",
      "X-Mine: 1",
      "Connection: x-hop",
      "X-Hop: 1",
      "Upgrade: websocket",
      "TE: trailers",
      "Trailer: X-Late",
      "Proxy-Authorization: Basic eDp5",
      "Expect: 100-continue",
    ];
    await send(head("GET /", sent));
    expect(headers).toMatchObject({ host: "upstream", "x-said": "by-the-forwarder", "x-mine": "1" });
    for (const name of ["x-secret", "x-hop", "upgrade", "te", "trailer", "proxy-authorization", "expect"])
      expect(headers, name).not.toHaveProperty(name);
  });

  it.each([
    ["with a length", `Content-Length: ${maxBodyBytes + 1}`, "x".repeat(maxBodyBytes + 1)],
    ["without one", "Transfer-Encoding: chunked", `7d1\r\n${"x".repeat(2001)}\r\n0\r\n\r\n`],
  ])("is refused when its body is too large, %s", async (_how, framing, body) => {
    await serve((request, response) => request.resume().once("end", () => response.end()));
    expect(readStatuses(await send(head("POST /", [framing]) + body))).toEqual([502]);
    expect(failures).toEqual(["too_large"]);
  });

  it("is refused when it is framed by what nobody passes on", async () => {
    await serve((_request, response) => response.end());
    await send(`${head("POST /", ["Transfer-Encoding: gzip, chunked"])}0\r\n\r\n`);
    expect(failures).toEqual(["bad_request"]);
  });

  it("ends when its sender leaves, also half-way through its body", async () => {
    const { promise: aborted, resolve } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    await serve((request) => {
      begin();
      request.on("error", () => resolve());
      request.resume();
    });
    const socket = net.connect(port, "127.0.0.1");
    socket.write(`${head("POST /", ["Content-Length: 500"])}half`);
    await begun;
    socket.destroy();
    await aborted;
    expect(failures).toEqual([]);
  });
});

describe("an answer that is passed back", () => {
  it.each(["000", "099", "600", "999"])("is none with the status %s", async (status) => {
    await serveRaw(`HTTP/1.1 ${status} x\r\nContent-Length: 0\r\n\r\n`);
    expect(readStatuses(await send(head("GET /", [])))).toEqual([502]);
    expect(failures).toEqual(["bad_answer"]);
  });

  it.each([
    [
      "a switch of protocols",
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw",
    ],
    ["no HTTP", "hello\r\n\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a head without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}`],
    ["nothing", ""],
  ])("is none when it is %s", async (_what, bytes) => {
    await serveRaw(bytes);
    expect(readStatuses(await send(head("GET /", [])))).toEqual([502]);
    expect(failures).toHaveLength(1);
  });

  it("comes without interim answers, trailers, and headers of one connection", async () => {
    await serveRaw(
      "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n" +
        "Keep-Alive: timeout=5\r\nConnection: x-hop\r\nX-Hop: 1\r\nX-Mine: 1\r\nX-Mine: 2\r\n\r\n2\r\nhi\r\n0\r\nX-Late: 1\r\n\r\n",
    );
    const text = (await send(head("GET /", []))).toString();
    expect(readStatuses(Buffer.from(text))).toEqual([200]);
    expect(text).toMatch(/x-mine: 1\r\nx-mine: 2\r\n/i);
    expect(text).not.toMatch(/x-late|trailer|keep-alive|x-hop|link:/i);
    expect(text).toContain("hi");
  });

  it("is cut where it was cut, and not made to look whole", async () => {
    await serveRaw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
    const text = (await send(head("GET /", []))).toString();
    expect(text).toContain("Content-Length: 10".toLowerCase());
    expect(text).toMatch(/half$/);
  });

  it("has no body for a HEAD, and keeps its length", async () => {
    await serve((_request: IncomingMessage, response) =>
      response.writeHead(200, { "content-length": 5 }).end("hello"),
    );
    const text = (await send(head("HEAD /", []))).toString();
    expect(text).toMatch(/content-length: 5/i);
    expect(text).toMatch(/\r\n\r\n$/);
  });

  it("is a failure when nobody is there", async () => {
    expect(readStatuses(await send(head("GET /", [])))).toEqual([502]);
    expect(failures).toEqual(["unreachable"]);
  });
});
