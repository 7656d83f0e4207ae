import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeServerAuthority } from "../../../test/support/test-authority.ts";
import { buildEgressPolicy } from "./network-rules.ts";
import type { EgressOptions } from "./network-rules.ts";
import { createEgress } from "./proxy.ts";

const authority = makeServerAuthority();
const open: EgressOptions = { allowInternetAccess: true, allowOut: [], denyOut: [] };

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("the egress proxy", () => {
  let origin: http.Server;
  let originPort: number;
  let proxy: http.Server;
  let edgeDoor: http.Server;
  let proxyPort: number;
  let rules: EgressOptions;
  let names: Record<string, string[]>;
  let lookups: string[];
  let connected: string[];
  let edgeOrigin: string;

  beforeEach(async () => {
    rules = open;
    names = {};
    lookups = [];
    connected = [];
    origin = http.createServer((request, response) => {
      response.setHeader("x-seen", JSON.stringify({ ...request.headers, url: request.url }));
      request.pipe(response);
    });
    originPort = await listen(origin);
    edgeOrigin = `http://127.0.0.1:${originPort}`;
    ({ proxy, edge: edgeDoor } = createEgress({
      policy: () => buildEgressPolicy(rules),
      headers: () => ({}),
      authority,
      roots: undefined,
      edgeOrigin,
      resolveHost: (host) => {
        lookups.push(host);
        const addresses = names[host];
        return addresses === undefined ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve(addresses);
      },
      connect: (address): Socket => {
        connected.push(address);
        return net.connect(originPort, "127.0.0.1");
      },
    }));
    proxyPort = await listen(proxy);
  });
  afterEach(() => {
    for (const server of [origin, proxy, edgeDoor]) {
      server.close();
      server.closeAllConnections();
    }
  });

  async function send(
    path: string,
    options: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string } = {},
  ) {
    const request = http.request({
      port: proxyPort,
      path,
      method: options.method ?? "GET",
      headers: options.headers ?? {},
    });
    request.end(options.body);
    const [response] = (await once(request, "response")) as [http.IncomingMessage];
    const body = (await response.setEncoding("utf8").toArray()).join("");
    return { status: response.statusCode, body, headers: response.headers };
  }

  async function tunnel(authority: string): Promise<{ status: number; socket: Socket }> {
    const request = http.request({ port: proxyPort, method: "CONNECT", path: authority });
    request.end();
    const [response, socket] = (await once(request, "connect")) as [http.IncomingMessage, Socket];
    return { status: response.statusCode ?? 0, socket };
  }

  it("passes a plain request on to the address it judged, without the proxy's own headers", async () => {
    names["example.com"] = ["93.184.216.34"];
    const headers = { "proxy-authorization": "secret", "x-mine": "1", connection: "x-hop", "x-hop": "1" };
    const answer = await send("http://example.com/a?b=c", { method: "POST", body: "hello", headers });
    expect(answer).toMatchObject({ status: 200, body: "hello" });
    const seen = JSON.parse(String(answer.headers["x-seen"])) as Record<string, string>;
    expect(seen).toMatchObject({ host: "example.com", url: "/a?b=c", "x-mine": "1" });
    expect(seen).not.toHaveProperty("proxy-authorization");
    expect(seen).not.toHaveProperty("x-hop");
    expect(connected).toEqual(["93.184.216.34"]);
  });

  it("lets a tunnel to the edge carry requests to its run API, and nothing else", async () => {
    const ask = async (path: string) => {
      const { status, socket } = await tunnel(`127.0.0.1:${originPort}`);
      expect(status).toBe(200);
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      return Buffer.concat(await socket.toArray()).toString();
    };
    expect(await ask("/api/runs/run_1/calls/run_2")).toMatch(/^HTTP\/1.1 200 /);
    const others = [
      "/api/runs/run_1",
      "/api/workers",
      "/api/runs/../workers",
      "/api/runs/%2e%2e/workers",
      "http://127.0.0.1:1/api/runs/x",
      "/",
    ];
    for (const path of others) expect(await ask(path), path).toMatch(/^HTTP\/1.1 403 /);
    expect((await tunnel("127.0.0.1:1")).status).toBe(403);
  });

  it("answers at the edge's own port for its run API, whatever the host is called, and for nothing else", async () => {
    const port = await listen(edgeDoor);
    const ask = async (method: string, path: string) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.write(
        `${method} ${path} HTTP/1.1\r\nhost: localhost:1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`,
      );
      return Buffer.concat(await socket.toArray()).toString();
    };
    const answer = await ask("POST", "/api/runs/run_1/runner/journal");
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain(`"host":"127.0.0.1:${originPort}"`);
    for (const path of ["/", "/api/workers", "/api/runs/../workers", "http://127.0.0.1:1/api/health"])
      expect(await ask("GET", path), path).toMatch(/^HTTP\/1.1 403 /);

    expect(await ask("CONNECT", `127.0.0.1:${originPort}`)).not.toMatch(/^HTTP\/1.1 200/);
  });

  it("takes 256 connections from a sandbox, by both of its ways together", async () => {
    const ports = [proxyPort, await listen(edgeDoor)];
    const held = Array.from({ length: 256 }, (_, n) => net.connect(ports[n % 2] ?? 0, "127.0.0.1"));
    await Promise.all(held.map((socket) => once(socket, "connect")));
    await expect.poll(() => send("http://10.0.0.1/").catch(() => "closed")).toBe("closed");
    for (const socket of held) socket.destroy();
    await expect.poll(() => send("http://10.0.0.1/").catch(() => "closed")).toMatchObject({ status: 403 });
  });

  it("carries bytes both ways through a tunnel", async () => {
    names["example.com"] = ["93.184.216.34"];
    const { status, socket } = await tunnel("example.com:443");
    expect(status).toBe(200);
    socket.write("GET /through HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    const text = Buffer.concat(await socket.toArray()).toString();
    expect(text).toContain("HTTP/1.1 200 OK");
    expect(text).toContain("/through");
  });

  it.each([[["127.0.0.1"]], [["10.0.0.1", "fe80::1"]], [["::ffff:127.0.0.1"]], [["169.254.169.254"]]])(
    "refuses a name that resolves to %j",
    async (addresses) => {
      names["rebound.example.com"] = addresses;
      expect((await send("http://rebound.example.com/")).status).toBe(403);
      expect((await tunnel("rebound.example.com:443")).status).toBe(403);
      expect(connected).toEqual([]);
    },
  );

  it("looks a name up once, and connects to that answer", async () => {
    names["example.com"] = ["93.184.216.34"];
    await send("http://example.com/");
    expect(lookups).toEqual(["example.com"]);
  });

  it("skips private addresses of a name that also has a public one", async () => {
    names["example.com"] = ["10.0.0.1", "93.184.216.34"];
    expect((await send("http://example.com/")).status).toBe(200);
    expect(connected).toEqual(["93.184.216.34"]);
  });

  it("does not even look up a name that no rule could allow", async () => {
    rules = { ...open, allowInternetAccess: false };
    expect((await send("http://secret.leak.example.com/")).status).toBe(403);
    expect(lookups).toEqual([]);
  });

  it("looks up no name for the sake of an address in the rules, such as the edge's own", async () => {
    const { hostname } = new URL(edgeOrigin);
    rules = { ...open, allowOut: ["api.example.com", hostname, "203.0.113.0/24"], denyOut: ["0.0.0.0/0"] };
    for (const name of ["c2VjcmV0.exfil.attacker.test", "example.com"]) {
      expect((await send(`http://${name}/`)).status).toBe(403);
      expect((await tunnel(`${name}:443`)).status).toBe(403);
    }
    expect(lookups).toEqual([]);
    names["api.example.com"] = ["93.184.216.34"];
    expect((await send("http://api.example.com/")).status).toBe(200);
  });

  it("follows the rules as they are at each request", async () => {
    names["example.com"] = ["93.184.216.34"];
    rules = { ...open, denyOut: ["93.184.0.0/16"] };
    expect((await send("http://example.com/")).status).toBe(403);
    rules = { ...open, allowOut: ["*.com"], denyOut: ["0.0.0.0/0"] };
    expect((await send("http://example.com/")).status).toBe(200);
  });

  it("answers 502 for a name nobody knows", async () => {
    expect((await send("http://nowhere.example.com/")).status).toBe(502);
    expect((await tunnel("nowhere.example.com:443")).status).toBe(502);
  });

  it("answers 502 when nobody listens at the address", async () => {
    names["example.com"] = ["93.184.216.34"];
    origin.close();
    expect((await send("http://example.com/")).status).toBe(502);
    expect((await tunnel("example.com:443")).status).toBe(502);
  });

  it.each(["/api/health", "https://example.com/", "ftp://example.com/"])(
    "serves nothing but proxy requests: %s",
    async (path) => {
      expect((await send(path)).status).toBe(400);
    },
  );
});
