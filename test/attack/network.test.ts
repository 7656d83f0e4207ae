import http from "node:http";
import type { Server } from "node:http";
import { once } from "node:events";
import net from "node:net";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";

const statusOf = (url: string, options = ""): string =>
  `curl -sS -o /dev/null -m 10 -w '%{http_code}' ${options} '${url}'`;

describe.each(serverUsers)("user code against the network, with a server run by %s", (_user, options) => {
  let edge: Server;
  let hits: string[];
  let port: number;
  let server: SandboxServer;
  let sandbox: Sandbox;

  beforeAll(async () => {
    edge = http.createServer((request, response) => {
      hits.push(`${request.method} ${request.url}`);
      request.pipe(response);
    });
    edge.listen(0, "127.0.0.1");
    await once(edge, "listening");
    port = (edge.address() as AddressInfo).port;
    server = await startProductionServer({ ...options, edgeUrl: `http://127.0.0.1:${port}` });
    sandbox = await Sandbox.create("base", server.sdk);
  });
  beforeEach(() => {
    hits = [];
  });
  afterAll(async () => {
    await server.stop();
    edge.close();
  });

  it("reaches no service of the host directly", async () => {
    verifies("sandbox:attack:no-direct-network");
    const program = `
def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as s:
        s.settimeout(5)
        s.connect(address)
tell([attempt(lambda: connect(socket.AF_INET, ("127.0.0.1", ${new URL(server.url).port}))),
      attempt(lambda: connect(socket.AF_INET, ("169.254.169.254", 80))),
      attempt(lambda: connect(socket.AF_INET, ("1.1.1.1", 443))),
      attempt(lambda: connect(socket.AF_INET6, ("2606:4700:4700::1111", 443)))])`;
    expect(await intrude(sandbox, program)).toEqual([
      "ECONNREFUSED",
      "ENETUNREACH",
      "ENETUNREACH",
      "ENETUNREACH",
    ]);
    expect(hits).toEqual([]);
  });

  const ownAddresses = Object.values(networkInterfaces()).flatMap(
    (all) => all?.map(({ address }) => address) ?? [],
  );
  const forbidden = [
    "169.254.169.254",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "2852039166",
    "0xa9fea9fe",
    "0251.0376.0251.0376",
    "127.0.0.1",
    "127.1",
    "0",
    "2130706433",
    "0x7f.1",
    "localhost",
    "LOCALHOST.",
    "224.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]",
    "[fd00:ec2::254]",
    "[fe80::1]",
    ...ownAddresses.map((address) => (address.includes(":") ? `[${address.split("%")[0]}]` : address)),
  ];

  it.each([...new Set(forbidden)])("is refused %s through the proxy, plain and tunnelled", async (host) => {
    verifies("sandbox:attack:private-addresses-refused");
    const script = `
import socket
def ask(head, through=None):
    with socket.create_connection(("127.0.0.1", 3128), 10) as s:
        s.sendall(head.encode())
        status = s.recv(64).split(b" ")[1].decode()
        if status != "200" or through is None:
            return status
        # A tunnel to the edge ends in the proxy's own filter; what counts is what comes through it.
        s.sendall(through.encode())
        return s.recv(64).split(b" ")[1].decode()
get = "GET /latest HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n"
host = "${host}:${port}"
tell([ask(f"CONNECT {host} HTTP/1.1\\r\\nHost: {host}\\r\\n\\r\\n", get), ask(f"GET http://{host}/latest HTTP/1.1\\r\\nHost: {host}\\r\\nConnection: close\\r\\n\\r\\n")])`;
    expect(await intrude(sandbox, script)).toEqual(["403", "403"]);
    expect(hits).toEqual([]);
  });

  it("is refused a public-looking name that resolves to the host", async () => {
    verifies("sandbox:attack:private-addresses-refused");
    // `ip6-localhost` and the machine's own name are in its hosts file; both resolve to addresses of this host.
    const names = ["localhost.localdomain", "ip6-localhost", (await import("node:os")).hostname()];
    for (const name of names)
      expect(await shell(sandbox, statusOf(`http://${name}:${port}/x`))).not.toContain("200");

    expect(hits).toEqual([]);
  });

  it("sends nothing out by name lookups", async () => {
    verifies("sandbox:attack:no-direct-network");
    const program = `
def datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(b"leak", ("8.8.8.8", 53))
tell([attempt(datagram), attempt(lambda: socket.getaddrinfo("leak.example.com", 80)) != "ok"])`;
    expect(await intrude(sandbox, program)).toEqual(["ENETUNREACH", true]);
  });

  it("opens no port that the host can see", async () => {
    verifies("sandbox:attack:no-direct-network");
    const unused = net.createServer().listen(0, "127.0.0.1");
    await once(unused, "listening");
    const free = (unused.address() as AddressInfo).port;
    unused.close();
    await once(unused, "close");
    await sandbox.commands.run(`python3 -m http.server ${free} --bind 0.0.0.0`, { background: true });
    await expect.poll(() => shell(sandbox, statusOf(`http://127.0.0.1:${free}/`))).toBe("200");
    await expect(fetch(`http://127.0.0.1:${free}/`)).rejects.toThrow();
  });

  it("cannot stand in for the edge, whose port the agent holds", async () => {
    verifies("sandbox:network:edge-run-api");
    const program = `
def take(family, address):
    with socket.socket(family) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, ${port}))
        s.listen()
tell([attempt(lambda: take(socket.AF_INET, "127.0.0.1")), attempt(lambda: take(socket.AF_INET, "0.0.0.0")),
      attempt(lambda: take(socket.AF_INET6, "::1"))])`;
    expect(await intrude(sandbox, program)).toEqual(["EADDRINUSE", "EADDRINUSE", "EADDRINUSE"]);
    expect(hits).toEqual([]);
  });

  it("reaches the run API of the edge, streams a body through it, and nothing else of the edge", async () => {
    verifies("sandbox:network:edge-run-api");
    const closed = await Sandbox.create("base", { ...server.sdk, allowInternetAccess: false });
    const base = `http://127.0.0.1:${port}`;
    const echoed = await shell(
      closed,
      `head -c 300000 /dev/zero | curl -sS --data-binary @- ${base}/api/runs/run_1/runner/journal | wc -c`,
    );
    expect(echoed.trim()).toBe("300000");
    expect(await shell(closed, statusOf(`${base}/api/health`))).toBe("200");
    for (const path of [
      "/api/workers",
      "/api/runs",
      "/api/runs/run_1",
      "/api/runs/run_1/events",
      "/api/runs/../workers",
      "/api/runs/..%2fworkers",
      "/",
      "/mcp",
    ])
      expect(await shell(closed, statusOf(`${base}${path}`, "--path-as-is"))).toBe("403");

    for (const path of ["/api/workers", "/"])
      expect(await shell(closed, statusOf(`http://localhost:${port}${path}`))).toBe("403");

    for (const path of ["/api/workers", "/api/runs/../workers", "/"])
      expect(await shell(closed, statusOf(`${base}${path}`, "--path-as-is --proxytunnel"))).toContain("403");

    const called = "/api/runs/run_1/calls/run_2";
    expect(await shell(closed, statusOf(`${base}${called}`, "--proxytunnel"))).toContain("200");
    expect(hits).toEqual(["POST /api/runs/run_1/runner/journal", "GET /api/health", `GET ${called}`]);
  });

  it("is held to the allow and deny lists, also after they change", async () => {
    verifies("sandbox:network:rules");
    const held = await Sandbox.create("base", {
      ...server.sdk,
      network: { denyOut: ({ allTraffic }) => [allTraffic], allowOut: ["203.0.113.9"] },
    });
    const refusal = (url: string): Promise<string> => shell(held, `curl -sS -m 10 ${url}`);
    expect(await refusal("http://93.184.216.34/")).toContain("network rules");
    // Allowed by the rules, and still not a public address.
    expect(await refusal("http://203.0.113.9/")).toContain("public internet");
    await held.updateNetwork({ allowInternetAccess: false });
    expect(await refusal("http://example.com/")).toContain("network rules");
    await held.updateNetwork({ denyOut: ["198.51.100.0/24", "93.184.216.0/24"] });
    expect(await refusal("http://93.184.216.34/")).toContain("network rules");
    const info = await Sandbox.getInfo(held.sandboxId, server.sdk);
    expect(info.network).toEqual({ denyOut: ["198.51.100.0/24", "93.184.216.0/24"] });
  });

  it("cannot replace or open up the way out", async () => {
    verifies("sandbox:attack:no-direct-network");
    const program = `
paths = ["/opt/agent/egress/proxy.sock", "/opt/agent/egress/edge.sock"]
tell([attempt(ask) for path in paths for ask in (lambda: os.unlink(path), lambda: os.chmod(path, 0o777), lambda: os.rename(path, "/tmp/x"))])`;
    for (const answer of (await intrude(sandbox, program)) as string[])
      expect(["EROFS", "EXDEV"]).toContain(answer);
  });
});

describe("one sandbox against another", () => {
  let server: SandboxServer;
  let attacker: Sandbox;
  let victim: Sandbox;
  beforeAll(async () => {
    // Without a pool no runner waits in a sandbox, and the agent and oneself are all there is.
    server = await startProductionServer({ pool: 0 });
    [attacker, victim] = await Promise.all([
      Sandbox.create("base", server.sdk),
      Sandbox.create("base", server.sdk),
    ]);
  });
  afterAll(() => server.stop());

  it("sees and signals none of its processes", async () => {
    verifies("sandbox:attack:neighbours-apart");
    await victim.commands.run("exec -a neighbour sleep 60", { background: true });
    expect(await shell(attacker, "ps -ef")).not.toContain("neighbour");
    // Everybody but oneself and the agent, which is to say nobody.
    expect(await intrude(attacker, "tell(attempt(lambda: os.kill(-1, 0)))")).toBe("ESRCH");
    expect(await victim.isRunning()).toBe(true);
  });

  it("is not let in with the token of another sandbox, or without one", async () => {
    verifies("sandbox:attack:neighbours-apart");
    const ask = (token: string | undefined): Promise<Response> =>
      fetch(`${server.url}/process.Process/List`, {
        method: "POST",
        body: "{}",
        headers: {
          "content-type": "application/json",
          "e2b-sandbox-id": victim.sandboxId,
          ...(token === undefined ? {} : { "x-access-token": token }),
        },
      });
    const own = (await Sandbox.connect(attacker.sandboxId, server.sdk)) as unknown as {
      envdAccessToken: string;
    };
    const theirs = (await Sandbox.connect(victim.sandboxId, server.sdk)) as unknown as {
      envdAccessToken: string;
    };
    expect([(await ask(own.envdAccessToken)).status, (await ask(undefined)).status]).toEqual([401, 401]);
    expect((await ask(theirs.envdAccessToken)).status).toBe(200);
  });

  it.each([
    "/_agent/init",
    "/_agent/deadline",
    "/_agent/metrics",
    "//_agent/init",
    "/files/../_agent/init",
    "/%5fagent/init",
    "/x/%2e%2e/_agent/init",
    "/init",
    "/freeze",
  ])("reaches no internal endpoint by %s", async (path) => {
    verifies("sandbox:attack:neighbours-apart");
    const { envdAccessToken } = (await Sandbox.connect(victim.sandboxId, server.sdk)) as unknown as {
      envdAccessToken: string;
    };
    const request = http.request(server.url, {
      method: "POST",
      path,
      headers: {
        "x-access-token": envdAccessToken,
        "e2b-sandbox-id": victim.sandboxId,
        "content-type": "application/json",
      },
    });
    const answered = once(request, "response") as Promise<[http.IncomingMessage]>;
    request.end(JSON.stringify({ envs: {}, deadline_at_ms: 0, sandbox_id: "x" }));
    const [response] = await answered;
    response.resume();
    expect(response.statusCode).toBe(404);
    expect(await victim.isRunning()).toBe(true);
  });

  it("gets nothing from the control plane without the API key", async () => {
    verifies("sandbox:attack:neighbours-apart");
    for (const headers of [{}, { "x-api-key": "wrong" }] as Record<string, string>[]) {
      const response = await fetch(`${server.url}/v2/sandboxes`, { headers });
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 401 });
    }
  });
});
