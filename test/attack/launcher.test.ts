import { existsSync, readFileSync } from "node:fs";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processName } from "../../sandbox/src/host/launch.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";
import { childrenOf, endLauncher, launchersOf, nameOf } from "./launchers.ts";
import { startProductionServer } from "./production-server.ts";

/** As many as one launcher makes before another takes its place, and some more. */
const MORE_THAN_ONE_MAKES = 70;

/** Python that tells all that a process can find out of how it is held and what it sees. */
const describeSandbox = `
import resource, subprocess
STATUS = "Uid Gid Groups Umask CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Seccomp_filters TracerPid SigIgn SigBlk".split()
def text(path):
    try:
        with open(path) as file: return file.read()
    except OSError as error: return errno.errorcode[error.errno]
def status(pid):
    lines = dict(line.split(":", 1) for line in text("/proc/%s/status" % pid).splitlines())
    return {name: lines[name].split() for name in STATUS if name in lines}
def mounts():
    for line in text("/proc/self/mountinfo").splitlines():
        before, after = line.split(" - ")
        fields = before.split(" ")
        yield " ".join([*(fields[at] for at in (3, 4, 5)), after])
def tree(top):
    for name in sorted(os.listdir(top)):
        path = os.path.join(top, name)
        seen = os.lstat(path)
        yield [path, oct(seen.st_mode), seen.st_uid, seen.st_gid, os.readlink(path) if os.path.islink(path) else ""]
def opened(pid):
    for fd in sorted(os.listdir("/proc/%s/fd" % pid), key=int):
        try: yield [fd, os.readlink("/proc/%s/fd/%s" % (pid, fd)).split("[")[0]]
        except OSError: pass
def network():
    for path in ("/proc/net/dev", "/proc/net/if_inet6", "/proc/net/fib_trie"):
        yield [line.split()[:2] if path.endswith("dev") else line for line in text(path).splitlines()]
files = "limits oom_score_adj uid_map gid_map setgroups personality loginuid coredump_filter cgroup".split()
tell({
    "mounts": sorted(mounts()),
    "status": [status("self"), status(1)],
    "files": [{name: text("/proc/%s/%s" % (pid, name)) for name in files} for pid in ("self", "1")],
    "tree": [list(tree(top)) for top in ("/", "/etc", "/dev", "/home", "/var", "/run", "/opt/agent")],
    "opened": list(opened(1)),
    "network": list(network()),
    "places": [os.readlink("/proc/1/%s" % name) for name in ("exe", "cwd", "root")],
    "name": [socket.gethostname(), os.getsid(1), os.getpgid(1), text("/proc/1/comm")],
    "settings": text("/proc/sys/user/max_user_namespaces"),
})`;

/** The host uid of a sandbox, and the random names of what is its own. */
const withoutItsOwn = (seen: unknown): unknown =>
  JSON.parse(
    JSON.stringify(seen)
      .replaceAll(/uid=\d+,gid=\d+/g, "uid=,gid=")
      .replaceAll(/\/e-[0-9a-z]+/gi, "/e-")
      .replaceAll(/\b1000 +\d+ +1\b/g, "1000 HOST 1"),
  );

describe.each(serverUsers)("sandboxes of a launcher, on a server of %s", (_user, options) => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startProductionServer({ ...options, pool: 0 });
  });
  afterAll(() => server.stop());

  it("are held as those that bubblewrap makes, and see what those see", async () => {
    verifies("sandbox:attack:made-is-held");
    expect(server.log()).not.toContain("made by bubblewrap");
    const [launcher = -1] = launchersOf(server.pid);
    const made = await Sandbox.create("base", server.sdk);
    expect(childrenOf(launcher).map(nameOf)).toContain(processName(made.sandboxId));
    const one = await intrude(made, describeSandbox);
    await endLauncher(server);
    const wrapped = await Sandbox.create("base", server.sdk);
    expect(server.log()).toContain("sandboxes are made by bubblewrap, each by itself");
    expect(childrenOf(server.pid).map(nameOf)).toContain(processName(wrapped.sandboxId));
    expect(withoutItsOwn(one)).toEqual(withoutItsOwn(await intrude(wrapped, describeSandbox)));
  });

  it("go on without it, and end as they are told", async () => {
    verifies("sandbox:crash:found-again");
    const fresh = await startProductionServer({ ...options, pool: 0 });
    try {
      const [launcher = -1] = launchersOf(fresh.pid);
      const sandbox = await Sandbox.create("base", fresh.sdk);
      const [first = -1] = childrenOf(launcher).filter(
        (pid) => nameOf(pid) === processName(sandbox.sandboxId),
      );
      await endLauncher(fresh);
      expect(await shell(sandbox, "echo alive")).toBe("alive\n");
      expect(await sandbox.kill()).toBe(true);
      expect(isRunning(first)).toBe(false);
    } finally {
      await fresh.stop();
    }
  });
});

describe("what the agent of a launcher's sandbox complains of", () => {
  it("is in the server's log", async () => {
    // A port that it may not take.
    const server = await startProductionServer({ pool: 0, edgeUrl: "http://127.0.0.1:1" });
    try {
      await Sandbox.create("base", server.sdk);
      await expect
        .poll(() => server.log())
        .toMatch(/stderr id="\w+" text=.*127\.0\.0\.1:1: Permission denied/);
    } finally {
      await server.stop();
    }
  });
});

describe("a launcher", () => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startProductionServer({ pool: 0 });
  });
  afterAll(() => server.stop());

  it("makes all that are asked for at the same time", async () => {
    verifies("sandbox:attack:made-is-held");
    const asked = Array.from({ length: 8 }, () => Sandbox.create("base", server.sdk));
    const made = await Promise.all(asked);
    const [launcher = -1] = launchersOf(server.pid);
    const names = childrenOf(launcher).map(nameOf);
    for (const { sandboxId } of made) expect(names).toContain(processName(sandboxId));
    await Promise.all(made.map((sandbox) => sandbox.kill()));
  });

  it("ends with a server that is killed, and its sandboxes do not", async () => {
    verifies("sandbox:crash:found-again");
    const [launcher = -1] = launchersOf(server.pid);
    const sandbox = await Sandbox.create("base", server.sdk);
    await server.kill("SIGKILL");
    await expect.poll(() => existsSync(`/proc/${launcher}`)).toBe(false);
    await server.restart();
    const again = await Sandbox.connect(sandbox.sandboxId, server.sdk);
    expect((await again.commands.run("echo alive")).stdout).toBe("alive\n");
    await again.kill();
  });

  it("makes so many and no more: another takes its place, and it ends with the last that it has made", async () => {
    verifies("sandbox:attack:made-is-held");
    const [before = -1] = launchersOf(server.pid);
    const kept = await Sandbox.create("base", server.sdk);
    for (let made = 0; made < MORE_THAN_ONE_MAKES; made += 1)
      await (await Sandbox.create("base", server.sdk)).kill();
    await expect.poll(() => launchersOf(server.pid).filter((pid) => pid !== before)).toHaveLength(1);
    expect(childrenOf(before).map(nameOf)).toEqual([processName(kept.sandboxId)]);
    expect((await kept.commands.run("echo alive")).stdout).toBe("alive\n");
    await kept.kill();
    await expect.poll(() => existsSync(`/proc/${before}`)).toBe(false);
    expect(server.log()).not.toMatch(/made by bubblewrap|no other launcher/);
  });

  it("knows nothing that one sandbox was told when it makes the next", async () => {
    verifies("sandbox:attack:made-is-held");
    const first = await Sandbox.create("base", { ...server.sdk, envs: { TOLD: "told-to-the-first" } });
    const second = await Sandbox.create("base", { ...server.sdk, envs: { TOLD: "for-the-second" } });
    // Written backwards: the program itself goes through the memory that it looks at.
    const words = [processName(first.sandboxId), "told-to-the-first", server.apiKey, "for-the-second"];
    const backwards = words.map((word) => Array.from(word).toReversed().join(""));
    const program = `
found = []
for line in open("/proc/1/maps"):
    span, rights = line.split()[:2]
    start, end = (int(part, 16) for part in span.split("-"))
    if not rights.startswith("rw"): continue
    with open("/proc/1/mem", "rb") as memory:
        memory.seek(start)
        found.append(memory.read(end - start))
seen = b"".join(found)
tell([word[::-1].encode() in seen for word in ${JSON.stringify(backwards)}])`;
    expect(await intrude(second, program)).toEqual([false, false, false, true]);
  });
});

/** False for what nobody has waited for yet. */
function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
}
