import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import http from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createPulse, exchange, readStatuses } from "../support/raw-http.ts";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";

describe.each(serverUsers)("what passes between processes, with a server run by %s", (_user, options) => {
  let edge: Server;
  let seen: http.IncomingHttpHeaders[];
  let edgePort: number;
  let server: SandboxServer;
  let victim: Sandbox;

  beforeAll(async () => {
    edge = http.createServer((request, response) => {
      seen.push(request.headers);
      request.resume();
      response.end("edge");
    });
    edge.listen(0, "127.0.0.1");
    await once(edge, "listening");
    edgePort = (edge.address() as AddressInfo).port;
    server = await startProductionServer({ ...options, edgeUrl: `http://127.0.0.1:${edgePort}` });
    victim = await Sandbox.create("base", server.sdk);
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    await server.stop();
    edge.close();
  });

  const port = (): number => Number(new URL(server.url).port);
  const answering = createPulse(async () => victim.isRunning());
  const smuggled = (marker: string): string => {
    const start = JSON.stringify({ process: { cmd: "/bin/bash", args: ["-c", `touch /tmp/${marker}`] } });
    const head = Buffer.alloc(5);
    head.writeUInt32BE(Buffer.byteLength(start), 1);
    const message = head.toString("latin1") + start;
    return (
      "POST /process.Process/Start HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/connect+json\r\n" +
      `Connect-Protocol-Version: 1\r\nContent-Length: ${message.length}\r\n\r\n${message}`
    );
  };

  it.each([
    [
      "a chunked body of a GET",
      (body: string) =>
        `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`,
    ],
    ["a body with a length", (body: string) => `Content-Length: ${body.length}\r\n\r\n${body}`],
    [
      "both frames at once",
      (body: string) => `Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${body}`,
    ],
    ["another coding", (body: string) => `Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n${body}`],
    ["an upgrade", (body: string) => `Connection: upgrade\r\nUpgrade: x\r\n\r\n${body}`],
  ])("runs nothing in a sandbox whose id alone is known, by %s of a health check", async (how, frame) => {
    verifies("sandbox:forward:token", "sandbox:forward:requests");
    const marker = `smuggled-${how.replaceAll(" ", "-")}`;
    const head = `GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nE2b-Sandbox-Id: ${victim.sandboxId}\r\n`;
    await exchange({ port: port() }, Buffer.from(head + frame(smuggled(marker)), "latin1"), answering);
    await victim.commands.run("true");
    expect(await victim.files.exists(`/tmp/${marker}`)).toBe(false);
    expect(await victim.isRunning()).toBe(true);
  });

  it("finds no sandbox's id among the processes of the machine", async () => {
    verifies("sandbox:forward:token");
    await victim.commands.run("true");
    const lines = readdirSync("/proc").flatMap((name) => {
      try {
        return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "utf8")] : [];
      } catch {
        return [];
      }
    });
    expect(lines.filter((line) => line.startsWith("sandbox-"))).not.toEqual([]);
    expect(lines.filter((line) => line.includes(victim.sandboxId))).toEqual([]);
  });

  it("gets nothing of an agent by its own socket without the host's secret", async () => {
    verifies("sandbox:forward:token");
    const runtimeDir = readFileSync(path.join(server.stateDir, "runtime-dir"), "utf8");
    const sockets = readdirSync(runtimeDir, { recursive: true, encoding: "utf8" }).filter((file) =>
      file.endsWith("agent.sock"),
    );
    expect(sockets).not.toEqual([]);
    const asks = [
      "GET /health",
      "GET /metrics",
      "GET /_agent/metrics",
      "GET /files?path=/etc/passwd",
      "POST /process.Process/List",
    ];
    for (const ask of asks) {
      for (const token of ["", "X-Agent-Token: \r\n", `X-Agent-Token: ${"0".repeat(64)}\r\n`]) {
        const request = `${ask} HTTP/1.1\r\nHost: x\r\n${token}Content-Length: 0\r\nConnection: close\r\n\r\n`;
        const answer = await exchange(
          { path: path.join(runtimeDir, sockets[0] ?? "") },
          Buffer.from(request),
          "closed",
        );
        expect(readStatuses(answer), ask).toEqual([403]);
        expect(answer.toString(), ask).not.toContain("root:");
      }
    }
  });

  it("finds the host's secret nowhere inside", async () => {
    verifies("sandbox:forward:token");
    const database = new DatabaseSync(path.join(server.stateDir, "registry.sqlite"), { readOnly: true });
    const row = database.prepare("SELECT record FROM sandboxes WHERE id = ?").get(victim.sandboxId);
    database.close();
    const { agent_token: secret } = JSON.parse(String(row?.["record"])) as { agent_token: string };
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    const program = `
wanted = "".join(reversed("${[...secret].reverse().join("")}")).encode()
found = []
def look(path):
    try:
        with open(path, "rb") as file:
            if wanted in file.read(1 << 20): found.append(path)
    except OSError:
        pass
for pid in filter(str.isdigit, os.listdir("/proc")):
    if int(pid) == os.getpid(): continue
    for name in ("environ", "cmdline"): look(f"/proc/{pid}/{name}")
for folder, _, files in os.walk("/opt/agent"):
    for name in files:
        if name not in ("node",) and not name.endswith(".sock"): look(os.path.join(folder, name))
tell(found)`;
    expect(await intrude(victim, program)).toEqual([]);
  });

  it("sends the edge no header that steers what stands before it, and its Host as it is", async () => {
    verifies("sandbox:network:edge-run-api");
    const claims = [
      "MF-Original-URL: http://127.0.0.1/cdn-cgi/local/explorer",
      "MF-Op: GET",
      "CF-Connecting-IP: 192.0.2.7",
      "X-Forwarded-For: 192.0.2.7",
      "X-Forwarded-Host: evil.example",
      "Forwarded: for=192.0.2.7",
      "X-Real-IP: 192.0.2.7",
      "Host: evil.example",
      "Cookie: a=b",
      "X-HTTP-Method-Override: DELETE",
    ];
    const flags = claims.map((claim) => `-H '${claim}'`).join(" ");
    const url = `http://127.0.0.1:${edgePort}/api/health`;
    for (const way of ["", "--proxytunnel"]) {
      expect(await shell(victim, `curl -sS -m 10 ${way} ${flags} -H 'Authorization: Bearer t' ${url}`)).toBe(
        "edge",
      );
    }
    expect(seen).toHaveLength(2);
    for (const headers of seen) {
      expect(headers).toMatchObject({ host: `127.0.0.1:${edgePort}`, authorization: "Bearer t" });
      expect(Object.keys(headers).sort()).toEqual([
        "accept",
        "authorization",
        "connection",
        "host",
        "user-agent",
      ]);
    }
  });
});
