import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sandboxPaths } from "#contract/runner/runner";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const HOST_SECRET = "host-secret-value-5f1c";

describe.each(serverUsers)("what user code sees of the host, with a server run by %s", (_user, options) => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  let hostDir: string;
  beforeAll(async () => {
    hostDir = mkdtempSync(path.join(tmpdir(), "host-dir-"));
    writeFileSync(path.join(hostDir, "secret"), HOST_SECRET, { mode: 0o644 });
    server = await startProductionServer({ ...options, env: { HOST_SECRET } });
    sandbox = await Sandbox.create("base", { ...server.sdk, envs: { MINE: "1" } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(hostDir, { recursive: true });
  });

  it("reads no host file by path, by /proc/1/root or by climbing", async () => {
    verifies("sandbox:attack:no-host-files");
    for (const file of [
      "/etc/shadow",
      "/proc/1/root/etc/shadow",
      "/home/user/../../etc/shadow",
      path.join(hostDir, "secret"),
    ]) {
      expect(await shell(sandbox, `cat ${file}`)).not.toContain(HOST_SECRET);
      await expect(sandbox.files.read(file)).rejects.toThrow();
    }
    expect(await shell(sandbox, `ls ${ROOT} ${hostDir} /root /proc/1/root/work`)).not.toMatch(
      /package\.json|secret/,
    );
  });

  it("finds nothing of the host's environment or secrets in any process", async () => {
    verifies("sandbox:attack:no-host-files");
    const seen = await shell(sandbox, "cat /proc/*/environ /proc/*/cmdline | tr '\\0' '\\n'");
    expect(seen).not.toContain(HOST_SECRET);
    expect(seen).not.toContain(server.apiKey);
    expect(seen).not.toContain("FLOOM_SANDBOX_API_KEY");
    expect(seen).not.toContain(ROOT);
  });

  it("finds no host path that names a person or a project in mounts or command lines", async () => {
    verifies("sandbox:attack:neutral-paths");
    const seen = await shell(
      sandbox,
      "cat /proc/self/mountinfo /proc/self/mounts /proc/*/cmdline | tr '\\0' '\\n'",
    );
    expect(seen).not.toContain(ROOT);
    expect(seen).not.toContain(server.stateDir);
    // The folder of a run's orders is the sandbox's own, and stands in the command line of the runner that waits.
    expect(seen.replaceAll(sandboxPaths.control_dir, "")).not.toMatch(/floom/i);
    if (userInfo().username !== "root") expect(seen).not.toContain(userInfo().username);
    const ownRoots = [...seen.matchAll(/ (\/var\/tmp\/\S+) /g)].map((match) => match[1]);
    expect(ownRoots.length).toBeGreaterThan(0);
    for (const root of ownRoots) expect(root).toMatch(/^\/var\/tmp\/[0-9a-f]{16}\//);
  });

  it("lists only its own processes and signals none of the host's", async () => {
    verifies("sandbox:attack:own-processes-only");
    const listed = await intrude(
      sandbox,
      'tell([int(name) for name in os.listdir("/proc") if name.isdigit()])',
    );
    expect((listed as number[]).length).toBeLessThan(10);
    expect(await intrude(sandbox, `tell(attempt(lambda: os.kill(${server.pid}, 9)))`)).toBe("ESRCH");
    expect(await Sandbox.list(server.sdk).nextItems()).toHaveLength(1);
  });

  it("writes neither /usr, nor its own tools, nor a host directory", async () => {
    verifies("sandbox:attack:no-host-writes");
    const program = `
paths = ["/usr/bin/x", "/usr/local/x", "/opt/agent/config.json", "/opt/agent/node", "/etc/passwd", "/etc/ssl/x", "${hostDir}/x"]
tell([attempt(lambda: open(path, "a").write("x")) for path in paths])`;
    const answers = (await intrude(sandbox, program)) as string[];
    // Which one depends on who owns the file, and on whether it is being executed.
    for (const answer of answers.slice(0, -1)) expect(["EROFS", "EACCES", "ETXTBSY"]).toContain(answer);
    expect(answers.at(-1)).toBe("ENOENT");
    expect(readdirSync(hostDir)).toEqual(["secret"]);
  });

  it("reaches nothing outside by symbolic links, from inside or through the file API", async () => {
    verifies("sandbox:attack:links-stay-inside");
    await shell(
      sandbox,
      `cd; ln -sfn /etc/shadow shadow; ln -sfn ${hostDir} host; ln -sfn /proc/1/root root; ln -sfn /usr/bin/env tool`,
    );
    for (const file of ["shadow", "host/secret", "root/etc/shadow", `root${hostDir}/secret`])
      await expect(sandbox.files.read(`/home/user/${file}`)).rejects.toThrow();

    for (const file of ["host/new", `root${hostDir}/new`, "tool"])
      await sandbox.files.write(`/home/user/${file}`, "x").catch(() => undefined);

    expect(readdirSync(hostDir)).toEqual(["secret"]);
    expect(await shell(sandbox, "head -c 4 /usr/bin/env | tail -c 3")).toContain("ELF");
  });

  it("inherits no descriptor of the host", async () => {
    verifies("sandbox:attack:no-inherited-descriptors");
    const program = `
import glob
tell(sorted({os.readlink(path) for path in glob.glob("/proc/[0-9]*/fd/*") if os.path.islink(path) and not path.startswith("/proc/%d/" % os.getpid())}))`;
    const targets = (await intrude(sandbox, program)) as string[];
    expect(
      targets.filter((target) => target.startsWith("/") && !/^\/(dev|proc|home|opt\/agent)\b/.test(target)),
    ).toEqual([]);
    const own = (await intrude(sandbox, 'tell([int(fd) for fd in os.listdir("/proc/self/fd")])')) as number[];
    expect(Math.max(...own)).toBeLessThan(10);
  });

  it("reopens no host file through the descriptors of the agent or of its first process", async () => {
    verifies("sandbox:attack:no-inherited-descriptors");
    const program = `
import glob
opened = []
for path in glob.glob("/proc/[12]/fd/*"):
    try:
        target = os.readlink(path)
        with open(path, "wb", buffering=0) as file:
            opened.append(target)
    except OSError:
        pass
tell([target for target in opened if target != "/dev/null" and not target.startswith(("pipe:", "/dev/shm/"))])`;
    expect(await intrude(sandbox, program)).toEqual([]);
  });

  it("does not see how the machine's kernel was started and built, or what disks it has", async () => {
    verifies("sandbox:attack:no-host-files");
    const files = "/proc/cmdline /proc/config.gz /proc/diskstats /proc/partitions";
    expect(await shell(sandbox, `cat ${files} 2>/dev/null`)).toBe("");
  });

  it("sees no socket, key, or interface of the host", async () => {
    verifies("sandbox:attack:no-host-files");
    const program = `
paths = ["/var/run/docker.sock", "/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd", "/root/.ssh", "/home/user/.ssh", "/run/user"]
abstract = [line.split()[-1] for line in open("/proc/net/unix") if "@" in line]
tell([[path for path in paths if os.path.exists(path)], abstract, [name for _, name in socket.if_nameindex()]])`;
    expect(await intrude(sandbox, program)).toEqual([[], [], ["lo"]]);
  });

  it("loses neither itself nor others when user code is told to kill the agent", async () => {
    verifies("sandbox:attack:agent-protected");
    const victim = await Sandbox.create("base", server.sdk);
    await victim.commands.run("kill -9 1; kill -9 -1").catch(() => undefined);
    expect((await victim.commands.run("echo alive")).stdout).toBe("alive\n");
    expect(await sandbox.isRunning()).toBe(true);
    expect(await victim.kill()).toBe(true);
  });
});
