import { readFileSync } from "node:fs";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, shell } from "./intruder.ts";

function residentMib(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

describe("user code that uses up what there is", () => {
  let server: SandboxServer;
  let bystander: Sandbox;
  beforeAll(async () => {
    server = await startProductionServer();
    bystander = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it("keeps a fork bomb inside its own sandbox, which can still be killed", async () => {
    verifies("sandbox:limits:processes");
    const bomber = await Sandbox.create("base", server.sdk);
    const program = `
import time
children = 0
try:
    while children < 1000:
        if os.fork() == 0:
            os.closerange(0, 3); time.sleep(600)
            os._exit(0)
        children += 1
except OSError as error:
    tell([children, errno.errorcode[error.errno]])`;
    const [children, reason] = (await intrude(bomber, program)) as [number, string];
    expect(children).toBeLessThan(256);
    expect(reason).toBe("EAGAIN");
    expect((await bystander.commands.run("echo alive")).stdout).toBe("alive\n");
    expect(await bomber.kill()).toBe(true);
    expect(await bomber.isRunning()).toBe(false);
  });

  it.each([
    ["one big array", "data = bytearray(4 << 30); tell('kept')"],
    ["one array that grows", "data = []\nwhile True: data.append(bytearray(8 << 20))"],
    [
      "a shared map",
      "import mmap\nm = mmap.mmap(-1, 3 << 30)\nfor at in range(0, 3 << 30, 4096): m[at] = 1\ntell('kept')",
    ],
    [
      "many processes",
      `
import time
children = set()
for _ in range(20):
    child = os.fork()
    if child == 0:
        os.closerange(0, 3)
        data = b"x" * (100 << 20)
        time.sleep(600)
    children.add(child)
def alive():
    for child in list(children):
        if os.waitpid(child, os.WNOHANG)[0] == child: children.discard(child)
    return len(children)
patience = time.monotonic() + 30
while alive() > 5 and time.monotonic() < patience: time.sleep(0.05)
tell(alive())`,
    ],
  ])("holds memory to its limit against %s", async (_name, program) => {
    verifies("sandbox:limits:memory");
    const hog = await Sandbox.create("base", server.sdk);
    const told = await intrude(hog, program).catch(() => "stopped");
    if (typeof told === "number") expect(told * 100).toBeLessThan(512);
    else expect(told).toBe("stopped");
    expect((await hog.commands.run("echo alive")).stdout).toBe("alive\n");
    expect((await bystander.commands.run("echo alive")).stdout).toBe("alive\n");
    await hog.kill();
  });

  it("stops a Node program that takes more than the sandbox has", async () => {
    verifies("sandbox:limits:memory");
    const hog = await Sandbox.create("base", server.sdk);
    const program = "const kept = []; for (;;) kept.push(Buffer.alloc(8 << 20, 1))";
    await expect(hog.commands.run(`node -e '${program}'`)).rejects.toThrow();
    expect((await hog.commands.run("node -p 1+1")).stdout).toBe("2\n");
    await hog.kill();
  });

  it("has the memory that the server was told to give", async () => {
    verifies("sandbox:limits:memory");
    const small = await startProductionServer({ env: { FLOOM_SANDBOX_MEMORY_MB: "192" } });
    const sandbox = await Sandbox.create("base", small.sdk);
    expect((await sandbox.getInfo()).memoryMB).toBe(192);
    const take = (mib: number, seconds: number): string =>
      `python3 -c 'import time; d = bytearray(b"x") * (${mib} << 20); time.sleep(${seconds}); print(len(d) >> 20)'`;
    expect((await sandbox.commands.run(take(100, 0))).stdout).toBe("100\n");
    await expect(sandbox.commands.run(take(250, 30))).rejects.toThrow();
    await small.stop();
  });

  it("fills its one disk to its size and no further, wherever it writes", async () => {
    verifies("sandbox:limits:disk");
    const filler = await Sandbox.create("base", server.sdk);
    const fill = (path: string): Promise<string> =>
      shell(filler, `dd if=/dev/zero of=${path} bs=1M count=300`);
    await shell(filler, "fallocate -l 1000M /home/user/most");
    for (const dir of ["/home/user", "/tmp", "/var/tmp", "/root", "/"]) {
      expect(await fill(`${dir}/full`)).toMatch(/No space left on device/);
      expect((await filler.commands.run(`rm ${dir}/full; echo alive`)).stdout).toBe("alive\n");
    }
    await filler.kill();
  });

  it.each([
    ["/home/user", 1100],
    ["/dev/shm", 80],
  ])("makes no file in %s that is larger than a file may be there", async (dir, mib) => {
    verifies("sandbox:limits:disk");
    const filler = await Sandbox.create("base", server.sdk);
    const said = await shell(filler, `dd if=/dev/zero of=${dir}/full bs=1M count=${mib}`);
    expect(said).toMatch(/No space left on device|File too large|File size limit/);
    expect((await filler.commands.run(`rm ${dir}/full; echo alive`)).stdout).toBe("alive\n");
    await filler.kill();
  });

  it("ends a sandbox that makes files without number, and only that one", async () => {
    verifies("sandbox:limits:disk");
    const litterer = await Sandbox.create("base", server.sdk);
    const program = `
import itertools
for n in itertools.count():
    open("/tmp/%d" % n, "w").close()`;
    await intrude(litterer, program).catch(() => undefined);
    await expect.poll(() => litterer.isRunning()).toBe(false);
    expect((await bystander.commands.run("echo alive")).stdout).toBe("alive\n");
  });

  it("does not grow when a command floods its output", async () => {
    verifies("sandbox:limits:output");
    const flooder = await Sandbox.create("base", server.sdk);
    let delivered = 0;
    const before = residentMib(server.pid);
    await flooder.commands.run("head -c 200000000 /dev/zero | tr '\\0' 'y' > /dev/stdout", {
      timeoutMs: 120_000,
      onStdout: (text) => {
        delivered += text.length;
      },
    });
    expect(delivered).toBe(200_000_000);
    expect(residentMib(server.pid) - before).toBeLessThan(150);
    await flooder.kill();
  });

  it("passes on bytes that are no text", async () => {
    verifies("sandbox:limits:output");
    const { stdout } = await bystander.commands.run("printf 'a\\xff\\xfeb\\0c'");
    expect(stdout).toBe("a\ufffd\ufffdb\0c");
  });

  it("leaves nothing behind on the host: orphans, zombies and sessions die with the sandbox", async () => {
    verifies("sandbox:attack:nothing-survives");
    const leaver = await Sandbox.create("base", server.sdk);
    await leaver.commands.run(
      "setsid nohup bash -c 'exec -a left-behind-5f1c sleep 600' >/dev/null 2>&1 & " +
        "(bash -c 'exec -a left-behind-5f1c sleep 600' >/dev/null 2>&1 &) ; sleep 0.2; echo ok",
    );
    const leftBehind = async (): Promise<string[]> => {
      const { readdir, readFile } = await import("node:fs/promises");
      const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
      const lines = await Promise.all(
        pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
      );
      return lines.filter((line) => line.startsWith("left-behind-5f1c"));
    };
    expect(await leftBehind()).toHaveLength(2);
    await leaver.kill();
    expect(await leftBehind()).toEqual([]);
  });
});
