import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import tls from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeOutsideAuthority, makeServerAuthority } from "../../../test/support/test-authority.ts";
import { verifies } from "../../../test/verifies.ts";
import { readTransforms } from "./header-rules.ts";
import type { HostHeaders } from "./header-rules.ts";
import { buildEgressPolicy } from "./network-rules.ts";
import { createEgress } from "./proxy.ts";

const SECRET = "sk-0123456789abcdef";
const HOST = "api.example.com";
const rules = { [HOST]: [{ transform: { headers: { Authorization: `Bearer ${SECRET}` } } }] };
const authority = makeServerAuthority();
const outside = makeOutsideAuthority();
const own = outside.certify(HOST);

let servers: Server[];
let headers: HostHeaders;
let allowed: string[];
/** Every byte that reached anybody outside, before and after TLS. */
let raw: Buffer[];
let seen: {
  headers: http.IncomingHttpHeaders;
  rawHeaders: string[];
  url: string;
  method: string;
  body: string;
}[];
let ports: number[];
let proxyPort: number;
let answerWith: http.RequestListener | undefined;
let identity: { key: string; cert: string };

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

beforeEach(async () => {
  servers = [];
  raw = [];
  seen = [];
  ports = [];
  headers = readTransforms(rules);
  allowed = [HOST, "other.example.com"];
  answerWith = undefined;
  identity = own;
  const upstream = https.createServer(
    { SNICallback: (_name, done) => done(null, tls.createSecureContext(identity)), ...own },
    (request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (part: string) => (body += part));
      request.on("end", () => {
        const { headers: got, rawHeaders, url = "", method = "" } = request;
        seen.push({ headers: got, rawHeaders, url, method, body });
        if (answerWith) answerWith(request, response);
        else response.end("hello");
      });
    },
  );
  const upstreamPort = await listen(upstream);
  const { proxy } = createEgress({
    policy: () => buildEgressPolicy({ allowInternetAccess: true, allowOut: allowed, denyOut: ["0.0.0.0/0"] }),
    headers: () => headers,
    authority,
    roots: outside.certificate,
    edgeOrigin: "http://127.0.0.1:1",
    resolveHost: () => Promise.resolve(["93.184.216.34"]),
    connect: (_address, port): Socket => {
      ports.push(port);
      const socket = net.connect(upstreamPort, "127.0.0.1");
      const write = socket.write.bind(socket);
      socket.write = (chunk: unknown, ...rest: unknown[]) => {
        raw.push(Buffer.from(chunk as Uint8Array));
        return Reflect.apply(write, socket, [chunk, ...rest]) as boolean;
      };
      return socket;
    },
  });
  proxyPort = await listen(proxy);
});
afterEach(() => {
  for (const server of servers) {
    server.close();
    if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
  }
});

async function tunnel(authorityForm: string): Promise<{ status: number; socket: Socket }> {
  const request = http.request({ port: proxyPort, method: "CONNECT", path: authorityForm });
  request.end();
  const [response, socket] = (await once(request, "connect")) as [http.IncomingMessage, Socket];
  return { status: response.statusCode ?? 0, socket };
}

/** What a program in a sandbox sends through a tunnel, as it stands, and what comes back; "" when the tunnel breaks. */
async function exchange(text: string, options: { to?: string; servername?: string } = {}): Promise<string> {
  const { status, socket } = await tunnel(options.to ?? `${HOST}:443`);
  if (status !== 200) return `tunnel ${status}`;
  const secured = tls.connect({
    socket,
    servername: options.servername ?? HOST,
    ca: authority.certificate,
    checkServerIdentity: () => undefined,
  });
  let back = "";
  secured.setEncoding("utf8").on("data", (part: string) => (back += part));
  secured.on("error", () => undefined);
  socket.on("error", () => undefined);
  secured.once("secureConnect", () => secured.write(text));
  await new Promise((resolve) => secured.once("close", resolve));
  return back;
}

const plain = (lines: readonly string[] = [], start = "GET /v1 HTTP/1.1"): string =>
  `${[start, `Host: ${HOST}`, "Connection: close", ...lines].join("\r\n")}\r\n\r\n`;

describe("a secret that is bound to a host", () => {
  it("is in the request when it arrives, in the place of whatever the sender wrote there", async () => {
    verifies("sandbox:network:headers-on-the-way");
    const sent = ["authorization: mine", "AUTHORIZATION: mine too", "Connection: authorization", "X-Mine: 1"];
    const said = await exchange(
      `${plain(sent, "POST /v1?a=b HTTP/1.1").trimEnd()}\r\nContent-Length: 4\r\n\r\nbody`,
    );
    expect(said).toMatch(/^HTTP\/1.1 200 OK[^]*hello$/);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: "POST",
      url: "/v1?a=b",
      body: "body",
      headers: { "x-mine": "1", host: HOST },
    });
    const lines = seen[0]?.rawHeaders ?? [];
    expect(lines.filter((_line, at) => lines[at - 1]?.toLowerCase() === "authorization")).toEqual([
      `Bearer ${SECRET}`,
    ]);
    expect(ports).toEqual([443]);
  });

  it("is found by the host's name in every spelling of it", async () => {
    for (const to of ["API.EXAMPLE.COM:443", `${HOST}.:443`, "api.example%2Ecom:443"])
      expect(await exchange(plain(), { to }), to).toMatch(/^HTTP\/1.1 200/);
    expect(seen.map((request) => request.headers.authorization)).toEqual(Array(3).fill(`Bearer ${SECRET}`));
  });

  it.each([
    ["by plain http", "http"],
    ["by another port", `${HOST}:8443`],
    ["by port 80", `${HOST}:80`],
  ])("goes nowhere when the host is asked %s", async (_how, to) => {
    verifies("sandbox:network:headers-fail-closed");
    if (to === "http") {
      const request = http.request({ port: proxyPort, path: `http://${HOST}/v1`, headers: { host: HOST } });
      request.end();
      const [response] = (await once(request, "response")) as [http.IncomingMessage];
      expect(response.statusCode).toBe(403);
    } else expect((await tunnel(to)).status).toBe(403);
    expect(ports).toEqual([]);
  });

  it.each([
    ["another name in TLS", plain(), "evil.example.com"],
    ["no name in TLS", plain(), ""],
    ["another Host", plain().replace(HOST, "evil.example.com"), HOST],
    ["two Hosts", plain([`Host: evil.example.com`]), HOST],
    ["a Host with another port", plain().replace(HOST, `${HOST}:8443`), HOST],
    ["a Host that begins alike", plain().replace(HOST, `${HOST}.evil.test`), HOST],
    ["the address of another host", plain([], "GET https://evil.example.com/ HTTP/1.1"), HOST],
    ["a tunnel in the tunnel", plain([], "CONNECT evil.example.com:443 HTTP/1.1"), HOST],
    ["TRACE, which would tell it", plain([], "TRACE / HTTP/1.1"), HOST],
    ["two framings", `${plain(["Content-Length: 4", "Transfer-Encoding: chunked"])}0\r\n\r\n`, HOST],
    ["a line within a header", plain(["X: a\rAuthorization: b"]), HOST],
    ["no HTTP at all", "\x16\x03\x01 nonsense\r\n\r\n", HOST],
  ])("goes nowhere with %s", async (_how, text, servername) => {
    verifies("sandbox:network:headers-fail-closed");
    expect(await exchange(text, { servername })).not.toMatch(/^HTTP\/1.1 200/);
    expect(seen).toEqual([]);
  });

  it("is in both of two requests on one connection, and in none that was smuggled into a body", async () => {
    verifies("sandbox:network:headers-fail-closed");
    const smuggled = `GET /smuggled HTTP/1.1\r\nHost: evil.example.com\r\n\r\n`;
    const first = plain([`Content-Length: ${smuggled.length}`], "POST /a HTTP/1.1").replace(
      "Connection: close\r\n",
      "",
    );
    await exchange(first + smuggled + plain([], "GET /b HTTP/1.1"));
    expect(seen.map(({ url, body }) => [url, body])).toEqual([
      ["/a", smuggled],
      ["/b", ""],
    ]);
  });

  it("reaches nobody who cannot prove the host's name, not even in part", async () => {
    verifies("sandbox:network:headers-fail-closed");
    const bad = [
      outside.certify("evil.example.com"),
      outside.certify(HOST, { expired: true }),
      makeOutsideAuthority().certify(HOST),
    ];
    for (identity of bad) {
      expect(await exchange(plain())).toMatch(/^HTTP\/1.1 502/);
      expect(seen).toEqual([]);
      expect(Buffer.concat(raw).includes(SECRET)).toBe(false);
    }
  });

  it("does not follow a redirect: the sender asks the other host, and gets nothing put in there", async () => {
    verifies("sandbox:network:headers-fail-closed");
    answerWith = (_request, response) =>
      response.writeHead(302, { location: "https://other.example.com/" }).end();
    expect(await exchange(plain())).toMatch(/302 Found[^]*location: https:\/\/other.example.com\//i);
    expect(ports).toEqual([443]);
    identity = outside.certify("other.example.com");
    answerWith = undefined;
    const { socket } = await tunnel("other.example.com:443");
    const secured = tls.connect({ socket, servername: "other.example.com", ca: outside.certificate });
    await once(secured, "secureConnect");
    secured.end("GET / HTTP/1.1\r\nHost: other.example.com\r\nConnection: close\r\n\r\n");
    await secured.toArray();
    expect(seen[1]?.headers).not.toHaveProperty("authorization");
  });

  it("is not put into what goes to an address, also where the host's own name is said inside", async () => {
    verifies("sandbox:network:headers-fail-closed");
    allowed = [HOST, "93.184.216.34"];
    const { socket } = await tunnel("93.184.216.34:443");
    const secured = tls.connect({ socket, servername: HOST, ca: outside.certificate });
    await once(secured, "secureConnect");
    secured.end(plain());
    await secured.toArray();
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
  });

  it("follows the rules as they are at each request, also within a tunnel that is open", async () => {
    const { socket } = await tunnel(`${HOST}:443`);
    const secured = tls.connect({ socket, servername: HOST, ca: authority.certificate });
    await once(secured, "secureConnect");
    let back = "";
    secured.setEncoding("utf8").on("data", (part: string) => (back += part));
    const ask = async (end: string) => {
      back = "";
      secured.write(`GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
      await expect.poll(() => back).toContain(end);
      return back;
    };
    expect(await ask("hello")).toMatch(/^HTTP\/1.1 200/);
    allowed = [];
    expect(await ask("do not allow it")).toMatch(/^HTTP\/1.1 403/);
    secured.destroy();
    expect((await tunnel(`${HOST}:443`)).status).toBe(403);
    headers = {};
    allowed = [HOST];
    const { socket: untouched } = await tunnel(`${HOST}:443`);
    const real = tls.connect({ socket: untouched, servername: HOST, ca: outside.certificate });
    await once(real, "secureConnect");
    real.destroy();
  });
});
