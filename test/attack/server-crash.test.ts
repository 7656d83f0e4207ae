import http from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Sandbox } from "e2b";
import { afterEach, describe, expect, it } from "vitest";
import { processName } from "../../sandbox/src/host/launch.ts";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer, SandboxServerOptions } from "../support/sandbox-server.ts";
import { listTree } from "../support/listening.ts";
import { verifies } from "../verifies.ts";

const countingScript = `for i in $(seq 1 20); do echo out-$i; echo err-$i >&2; sleep 0.1; done; exit 7`;
const expectedLines = (name: string): string =>
  Array.from({ length: 20 }, (_, at) => `${name}-${at + 1}\n`).join("");

/** The command line of a process, its arguments parted by NUL. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

const everyProcess = (): number[] => readdirSync("/proc").map(Number).filter(Number.isInteger);
const commandLines = (): string[] => everyProcess().map(commandLine);

/** Of these processes, by default all of this machine, those whose first argument names a sandbox. */
function sandboxProcesses(pids = everyProcess()): string[] {
  return pids
    .map((pid) => commandLine(pid).split("\0")[0] ?? "")
    .filter((name) => /^sandbox-[0-9a-f]{20}$/.test(name));
}

/** Resolves when the sandbox has printed `text`; the command goes on. */
async function startAndAwait(sandbox: Sandbox, script: string, text: string): Promise<number> {
  const seen = Promise.withResolvers<void>();
  const handle = await sandbox.commands.run(script, {
    background: true,
    onStdout: (chunk) => (chunk.includes(text) ? seen.resolve() : undefined),
  });
  handle.wait().catch(() => undefined);
  await seen.promise;
  return handle.pid;
}

describe("a sandbox server that is killed", () => {
  let server: SandboxServer;
  const start = async (options: SandboxServerOptions = {}): Promise<SandboxServer> => {
    server = await startSandboxServer(options);
    return server;
  };
  afterEach(() => server.stop());

  it("loses nothing of a command that was running", async () => {
    verifies("sandbox:crash:running-command-survives");
    await start();
    const sandbox = await Sandbox.create("base", server.sdk);
    const pid = await startAndAwait(sandbox, countingScript, "out-3");
    await server.kill("SIGKILL");
    await server.restart();
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    const handle = await again.commands.connect(pid);
    await expect(handle.wait()).rejects.toMatchObject({ exitCode: 7 });
    expect(handle.stdout).toBe(expectedLines("out"));
    expect(handle.stderr).toBe(expectedLines("err"));
  });

  it("loses nothing of a command that ended while it was away", async () => {
    verifies("sandbox:crash:running-command-survives");
    await start();
    const sandbox = await Sandbox.create("base", { ...server.sdk, metadata: { run: "1" } });
    const go = `/home/user/go-${sandbox.sandboxId}`;
    const script = `echo first; (sleep 1; touch ${go}) & until [ -e ${go} ]; do sleep 0.05; done; echo last; exit 5`;
    const pid = await startAndAwait(sandbox, script, "first");
    await server.kill("SIGKILL");
    await expect.poll(() => commandLines().some((line) => line.includes(go))).toBe(false);
    await server.restart();
    const [listed] = await Sandbox.list({ ...server.sdk, query: { metadata: { run: "1" } } }).nextItems();
    expect(listed?.sandboxId).toBe(sandbox.sandboxId);
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    const handle = await again.commands.connect(pid);
    await expect(handle.wait()).rejects.toMatchObject({ exitCode: 5 });
    expect(handle.stdout).toBe("first\nlast\n");
  });

  it("does not keep a sandbox past its time while it is away", async () => {
    verifies("sandbox:crash:deadline-holds-without-server");
    await start();
    const sandbox = await Sandbox.create("base", { ...server.sdk, timeoutMs: 1_000 });
    await server.kill("SIGKILL");
    await expect.poll(() => sandboxProcesses().includes(processName(sandbox.sandboxId))).toBe(false);
    await server.restart();
    expect(await sandbox.isRunning()).toBe(false);
    expect(await Sandbox.list(server.sdk).nextItems()).toEqual([]);
  });

  it("leaves no pool member behind", async () => {
    verifies("sandbox:crash:pool-reaped");
    await start({ pool: 2 });
    const pool = (): Set<string> => new Set(sandboxProcesses(listTree(server.pid)));
    await expect.poll(() => pool().size).toBe(2);
    const old = pool();
    await server.kill("SIGKILL");
    await server.restart();
    await expect.poll(() => sandboxProcesses().filter((name) => old.has(name))).toEqual([]);
    expect(await Sandbox.list(server.sdk).nextItems()).toEqual([]);
  });

  it("finds paused sandboxes paused, and wakes them", async () => {
    verifies("sandbox:crash:found-again");
    await start();
    const sandbox = await Sandbox.create("base", server.sdk);
    const pid = await startAndAwait(sandbox, countingScript, "out-2");
    await sandbox.pause();
    await server.kill("SIGKILL");
    await server.restart();
    expect((await Sandbox.getInfo(sandbox.sandboxId, server.sdk)).state).toBe("paused");
    expect(await sandbox.isRunning()).toBe(false);
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    const handle = await again.commands.connect(pid);
    await expect(handle.wait()).rejects.toMatchObject({ exitCode: 7 });
    expect(handle.stdout).toBe(expectedLines("out"));
  });

  it("gives sandboxes their way out again", async () => {
    verifies("sandbox:crash:found-again");
    const edge = http.createServer((_request, response) => response.end("from the edge"));
    edge.listen(0, "127.0.0.1");
    await once(edge, "listening");
    const url = `http://127.0.0.1:${(edge.address() as AddressInfo).port}`;
    await start({ edgeUrl: url });
    const sandbox = await Sandbox.create("base", server.sdk);
    await server.kill("SIGKILL");
    await server.restart();
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    expect((await again.commands.run(`curl -sS ${url}/api/health`)).stdout).toBe("from the edge");
    edge.close();
  });

  it("keeps the sandboxes of a server that is only told to stop", async () => {
    verifies("sandbox:crash:found-again");
    await start({ killOnExit: false, pool: 1 });
    const sandbox = await Sandbox.create("base", server.sdk);
    await sandbox.files.write("/home/user/kept", "yes");
    await server.kill("SIGTERM");
    await server.restart();
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    expect(await again.files.read("/home/user/kept")).toBe("yes");
    await again.kill();
  });

  it("ends every sandbox when that is asked for", async () => {
    verifies("sandbox:crash:pool-reaped");
    await start({ pool: 1 });
    const sandbox = await Sandbox.create("base", server.sdk);
    const runtimeDir = readFileSync(path.join(server.stateDir, "runtime-dir"), "utf8");
    await server.kill("SIGTERM");
    await expect.poll(() => sandboxProcesses()).not.toContain(processName(sandbox.sandboxId));
    expect(existsSync(runtimeDir)).toBe(false);
  });
});
