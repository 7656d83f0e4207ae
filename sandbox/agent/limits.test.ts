import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { startAgent } from "../../test/support/sandbox-agent/agent-under-test.ts";
import type { AgentUnderTest } from "../../test/support/sandbox-agent/agent-under-test.ts";
import { collectOutcome, runShell } from "../../test/support/sandbox-agent/run-shell.ts";

const MIB = 1024 * 1024;
let agent: AgentUnderTest | undefined;
afterEach(async () => {
  await agent?.stop();
  agent = undefined;
});

it("one process that asks for far more memory than there is fails at its own allocation", async () => {
  verifies("conformance:agent:limits");
  agent = await startAgent({ config: { limits: { memory_bytes: 200 * MIB } } });
  const outcome = await runShell(agent, `python3 -c "bytearray(1200 << 20)"`);
  expect(outcome.stderr).toContain("MemoryError");
  expect(outcome.end?.exitCode).toBe(1);
});

it("what the host holds it to holds for all that it starts, and nothing inside can take it back", async () => {
  verifies("conformance:agent:limits");
  const limits = {
    nproc: [6, 100, 100],
    core: [4, 0, 0],
    fsize: [1, MIB, MIB],
    memlock: [8, 65_536, 65_536],
  };
  agent = await startAgent({ config: { own_limits: Object.values(limits) } });
  expect((await runShell(agent, "ulimit -u; ulimit -c; ulimit -f; ulimit -l")).stdout).toBe(
    "100\n0\n1024\n64\n",
  );
  expect((await runShell(agent, "ulimit -u 101 || echo refused")).stdout).toBe("refused\n");
  expect((await runShell(agent, "head -c 2097152 /dev/zero > big; stat -c %s big")).stdout).toBe(`${MIB}\n`);
});

it("many processes that together take too much lose the biggest, and the command says why", async () => {
  verifies("conformance:agent:limits");
  agent = await startAgent({ config: { limits: { memory_bytes: 200 * MIB } } });
  const hog = `import time; data = bytearray(b"x") * (120 << 20); time.sleep(60)`;
  const outcome = await runShell(
    agent,
    `python3 -c '${hog}' & python3 -c '${hog}' & wait -n; kill %1 %2; exit 9`,
  );
  expect(outcome.end?.error).toMatch(
    /^exit status 9 \(memory limit of 200 MiB reached: process \d+ \(python3\) was using \d+ MiB\)$/,
  );
});

it("forks that share their pages are not counted as often as they share", async () => {
  agent = await startAgent({ config: { limits: { memory_bytes: 200 * MIB } } });
  const forks = [
    `import os, time`,
    `data = bytearray(b"x") * (90 << 20)`,
    `for _ in range(4):`,
    `    if os.fork() == 0: time.sleep(1); os._exit(0)`,
    `for _ in range(4): os.wait()`,
    `print("all survived")`,
  ].join("\n");
  const outcome = await runShell(agent, `python3 -c '${forks}'`);
  expect(outcome.stdout).toBe("all survived\n");
});

it("too many files end the whole sandbox, with the cause as exit code", async () => {
  verifies("conformance:agent:limits");
  agent = await startAgent({ config: { limits: { inodes: 2_000 } } });
  const flood = runShell(agent, "mkdir d; cd d; while true; do touch $RANDOM$RANDOM; done");
  await expect(Promise.all([flood, agent.ended])).rejects.toThrow();
  expect(await agent.ended).toBe(81);
});

it("a passed deadline ends the sandbox and every process in it", async () => {
  verifies("conformance:agent:deadline");
  agent = await startAgent();
  const body = JSON.stringify({
    envs: {},
    sandbox_id: "i1",
    template_id: "base",
    deadline_at_ms: Date.now() - 4_000,
  });
  expect((await agent.http("POST", "/_agent/init", { body })).status).toBe(204);
  const running = runShell(agent, "setsid sleep 300 & sleep 300");
  await expect(running).rejects.toThrow();
  expect(await agent.ended).toBe(80);
});

it("serves whatever a template has put in the place of the machine's Python", async () => {
  const ask = ["-I", "-c", "import os; print(os.path.dirname(os.__file__))"];
  const emptiedDir = execFileSync("/usr/bin/python3", ask, { encoding: "utf8" }).trim();
  agent = await startAgent({ emptiedDir });
  const outcome = await runShell(agent, "python3 -c pass 2> /dev/null || echo covered");
  expect(outcome.stdout).toBe("covered\n");
  const { watcherId } = await agent.files.createWatcher({ path: "/tmp" });
  expect(watcherId).not.toBe("");
});

it("the host's door refuses what it does not understand", async () => {
  agent = await startAgent();
  expect((await agent.http("POST", "/_agent/init", { body: "{}" })).status).toBe(400);
  expect((await agent.http("POST", "/_agent/init", { body: "no json" })).status).toBe(400);
  expect((await agent.http("POST", "/_agent/deadline", { body: `{"deadline_at_ms":"soon"}` })).status).toBe(
    400,
  );
  expect((await agent.http("GET", "/_agent/unknown")).status).toBe(404);
  expect((await agent.http("GET", "/health")).status).toBe(204);
});

it("tells the host what environment its commands begin with", async () => {
  agent = await startAgent();
  const begun = agent.processes.start({ process: { cmd: "/usr/bin/env", args: ["-0"] } });
  const { stdout } = await collectOutcome(begun);
  const told = JSON.parse((await agent.http("GET", "/_agent/environment")).body.toString());
  const lines = Object.entries(told.variables).map(([name, value]) => `${name}=${String(value)}\0`);
  expect(lines.join("")).toBe(stdout);
});

it("metrics measure the sandbox's own processes and files", async () => {
  agent = await startAgent({ config: { limits: { memory_bytes: 300 * MIB, cpu_count: 2 } } });
  await runShell(agent, "head -c 30M /dev/zero > /home/user/filler");
  const metrics = JSON.parse((await agent.http("GET", "/_agent/metrics")).body.toString());
  expect(metrics).toMatchObject({ cpu_count: 2, mem_total: 300 * MIB, disk_total: 128 * MIB });
  expect(metrics.disk_used).toBeGreaterThanOrEqual(30 * MIB);
  expect(metrics.mem_used).toBeGreaterThan(0);
  expect(metrics.mem_used).toBeLessThan(300 * MIB);
});

it("commands reach the host's proxy through a port, a new connection each time, and are told when it is away", async () => {
  const dir = mkdtempSync(join(tmpdir(), "floom-proxy-"));
  const config = { proxy_socket: "/opt/agent/egress/proxy.sock", proxy_port: 3128 };
  agent = await startAgent({ config, proxySocketDir: dir });
  const ask = "curl -s -m 10 http://outside.example.test/path";
  expect((await runShell(agent, ask)).stdout).toContain("way out is not available");
  const proxy = createServer((socket) => {
    socket.once("data", (data) => {
      const [requestLine = ""] = data.toString().split("\r\n");
      socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nproxied ${requestLine}`);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(join(dir, "proxy.sock"), resolve));
  try {
    const { stdout } = await runShell(agent, ask);
    expect(stdout).toBe("proxied GET http://outside.example.test/path HTTP/1.1");
    expect((await runShell(agent, "env | grep -i proxy | sort")).stdout.split("\n")).toEqual([
      "HTTPS_PROXY=http://127.0.0.1:3128",
      "HTTP_PROXY=http://127.0.0.1:3128",
      "NODE_USE_ENV_PROXY=1",
      "NO_PROXY=localhost,127.0.0.1,::1,0.0.0.0,sandbox",
      "http_proxy=http://127.0.0.1:3128",
      "https_proxy=http://127.0.0.1:3128",
      "no_proxy=localhost,127.0.0.1,::1,0.0.0.0,sandbox",
      "",
    ]);
  } finally {
    proxy.close();
    rmSync(dir, { recursive: true });
  }
});
