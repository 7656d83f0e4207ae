import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processName } from "../../sandbox/src/host/launch.ts";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, shell } from "./intruder.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const NODE = path.join(ROOT, "node_modules/.bin/node");
const run = promisify(execFile);

/** What a server of an earlier day left in `base`: a directory whose owner is gone, and which few may enter. */
function leaveRemains(base: string): string {
  const remains = path.join(base, "0123456789abcdef");
  const locked = path.join(remains, "c-locked");
  mkdirSync(locked, { recursive: true, mode: 0o700 });
  writeFileSync(path.join(remains, "owner"), "/nonexistent/state");
  writeFileSync(path.join(locked, "file"), "");
  if (process.getuid?.() === 0) chownSync(locked, 54_321, 54_321);
  else chmodSync(locked, 0);
  return remains;
}

describe("a machine that cannot isolate", () => {
  it("starts no server, and says why and what to do", async () => {
    verifies("sandbox:isolation:fail-closed");
    const stateDir = mkdtempSync(path.join(tmpdir(), "sandbox-state-"));
    const server = [NODE, path.join(ROOT, "sandbox/src/main.ts"), "--state-dir", stateDir, "--pool", "0"];
    const ownVarTmp = mkdtempSync(path.join(tmpdir(), "var-tmp-"));
    const remains = leaveRemains(ownVarTmp);
    const host = ["--dev-bind", "/", "/", "--bind", ownVarTmp, "/var/tmp"];
    // Inside a user namespace that allows no further ones, bubblewrap cannot do its work.
    const failed = await run("bwrap", [...host, "--unshare-user", "--disable-userns", "--", ...server], {
      env: { ...process.env, FLOOM_SANDBOX_API_KEY: "k".repeat(20) },
    }).then(
      () => undefined,
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed?.stderr).toMatch(/sandbox: cannot start: .+\n {2}\S.+/);
    expect(failed?.stderr).toMatch(/namespace/);
    expect(failed?.stderr).toMatch(
      `remains of another server cannot be removed dir="/var/tmp/0123456789abcdef"`,
    );
    expect(readdirSync(remains)).toContain("owner");
    if (process.getuid?.() !== 0) chmodSync(path.join(remains, "c-locked"), 0o700);
    for (const dir of [ownVarTmp, stateDir]) rmSync(dir, { recursive: true });
  });

  it("runs sandboxes over the host's own files where nothing may be laid over them, and says so", async () => {
    verifies("sandbox:isolation:fail-closed");
    const stateDir = mkdtempSync(path.join(tmpdir(), "sandbox-state-"));
    const server = [NODE, path.join(ROOT, "sandbox/src/main.ts"), "--state-dir", stateDir, "--pool", "0"];
    const withoutOverlays = ["--dev-bind", "/", "/", "--ro-bind", "/bin/false", "/usr/bin/unshare"];
    const child = spawn(
      "bwrap",
      [...withoutOverlays, "--die-with-parent", "--", ...server, "--kill-on-exit"],
      {
        env: { ...process.env, FLOOM_SANDBOX_API_KEY: "k".repeat(20) },
        stdio: ["ignore", "pipe", "ignore"],
      },
    );
    let said = "";
    for await (const text of child.stdout.setEncoding("utf8")) {
      said += String(text);
      if (said.includes("sandbox ready")) break;
    }
    expect(said).toMatch(/^sandbox files: all sandboxes see .+ watch and lock/m);
    expect(said).toMatch(/^sandbox ready http/m);
    child.kill("SIGKILL");
    await once(child, "exit");
    rmSync(stateDir, { recursive: true });
  });

  it.each([
    [["--state-dir", "/nonexistent/x", "--port", "-1"], /--port/],
    [["--state-dir", "/nonexistent/x", "--edge-url", "ftp://x"], /--edge-url/],
    [[], /--state-dir/],
  ])("refuses the command line %j in a sentence", async (args, sentence) => {
    verifies("sandbox:isolation:fail-closed");
    const env = { ...process.env, FLOOM_SANDBOX_API_KEY: "k".repeat(20) };
    const failing = run(NODE, [path.join(ROOT, "sandbox/src/main.ts"), ...args], { env });
    await expect(failing).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
  });
});

describe("a server without privileges", () => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  const isRoot = process.getuid?.() === 0;
  beforeAll(async () => {
    server = await startSandboxServer(isRoot ? { uid: 54_321 } : {});
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it("runs commands, node and python", async () => {
    verifies("sandbox:isolation:unprivileged");
    const { stdout } = await sandbox.commands.run(
      "node -p 'process.version' && python -c 'print(1 + 1)' && python3 -c 'print(3)'",
    );
    expect(stdout).toMatch(/^v24\.\d+\.\d+\n2\n3\n$/);
  });

  it("lets user code neither see nor signal the server, though both have one uid", async () => {
    verifies("sandbox:isolation:unprivileged");
    expect(await intrude(sandbox, `tell(attempt(lambda: os.kill(${server.pid}, 9)))`)).toBe("ESRCH");
    expect(await shell(sandbox, "cat /proc/*/environ")).not.toContain(server.apiKey);
    const program = `
import glob
kept = []
for path in glob.glob("/proc/[12]/fd/*"):
    try:
        target = os.readlink(path)
        open(path, "wb", buffering=0).close()
        kept.append(target)
    except OSError:
        pass
tell([target for target in kept if target != "/dev/null" and not target.startswith(("pipe:", "/dev/shm/"))])`;
    expect(await intrude(sandbox, program)).toEqual([]);
  });

  it("keeps its own records from everyone else", () => {
    verifies("sandbox:isolation:unprivileged");
    const runtimeDir = readFileSync(path.join(server.stateDir, "runtime-dir"), "utf8");
    expect(readdirSync(runtimeDir).filter((name) => name.startsWith("c-"))).toHaveLength(1);
  });
});

describe("a server that is root", () => {
  it("runs every sandbox under an unprivileged uid of its own", async () => {
    verifies("sandbox:isolation:own-uid");
    const server = await startSandboxServer();
    const sandboxes = await Promise.all([1, 2].map(() => Sandbox.create("base", server.sdk)));
    const uids = sandboxes.map(({ sandboxId }) => {
      const pid = readdirSync("/proc").find((name) => {
        try {
          return (
            /^\d+$/.test(name) &&
            readFileSync(`/proc/${name}/cmdline`, "utf8").startsWith(`${processName(sandboxId)}\0`)
          );
        } catch {
          return false;
        }
      });
      return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    });
    const expected = process.getuid?.() === 0 ? 2 : 1;
    expect(new Set(uids).size).toBe(expected);
    expect(uids).not.toContain(0);
    await server.stop();
  });
});
