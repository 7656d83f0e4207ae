import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runnerProgram, sandboxPaths } from "#contract/runner/runner";
import { doorOfWaiting, startCommandOf } from "../../worker/sandboxes/start-command.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, serverUsers, shell } from "./intruder.ts";
import { childrenOf } from "./launchers.ts";
import { startProductionServer } from "./production-server.ts";

/** Python: the numbers of the runner that waits and of what waits beside it. */
const findWaiting = `
import glob
with open(glob.glob("${sandboxPaths.control_dir}/waiting-*")[0]) as file: runner = file.read()
with open("/proc/%s/task/%s/children" % (runner, runner)) as file: waiting = [runner, *file.read().split()]
`;

/** Python that tells of its own process and of the runner that waits what the kernel says. */
const compareWithWaiting = `${findWaiting}
import resource
STATUS = "Uid Gid Groups Umask CapInh CapPrm CapEff CapBnd CapAmb NoNewPrivs Seccomp Seccomp_filters Cpus_allowed TracerPid".split()
# Two signals are the C library's own, which ignores them in what it starts by another way than a fork.
OF_THE_LIBRARY = 3 << 31
def text(pid, name):
    try:
        with open("/proc/%s/%s" % (pid, name)) as file: return file.read()
    except OSError as error: return errno.errorcode[error.errno]
def describe(pid):
    lines = dict(line.split(":", 1) for line in text(pid, "status").splitlines())
    environment = dict(pair.split("=", 1) for pair in text(pid, "environ").split("\\0") if pair)
    for name in ("PYTHONUNBUFFERED", "E2B_SANDBOX_ID", "E2B_TEMPLATE_ID", "PWD", "SHLVL", "_"): environment.pop(name, None)
    ignored = int(lines["SigIgn"], 16) & ~OF_THE_LIBRARY
    files = "mountinfo limits oom_score_adj cgroup personality loginuid attr/current uid_map gid_map setgroups coredump_filter".split()
    return {
        "status": {name: lines[name].strip() for name in STATUS if name in lines},
        "namespaces": {name: os.readlink("/proc/%s/ns/%s" % (pid, name)) for name in os.listdir("/proc/self/ns")},
        "files": {name: text(pid, name) for name in files},
        "environment": environment,
        "ignored": ignored,
        "owner": os.stat("/proc/%s/environ" % pid).st_uid,
        "places": [os.readlink("/proc/%s/%s" % (pid, name)) for name in ("exe", "cwd", "root")],
        "leads": [os.getsid(int(pid)) == int(pid)] if pid != "self" else [True],
        "parent": text(pid, "stat").rsplit(") ", 1)[1].split()[1] if pid != "self" else "1",
    }
tell([describe("self"), describe(runner)])`;

const openOfWaiting = `${findWaiting}
tell(sorted({os.readlink(path) for pid in waiting for path in glob.glob("/proc/%s/fd/*" % pid)}))`;

describe.each(serverUsers)("user code beside the runner that waits, on a server of %s", (_user, options) => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startProductionServer(options);
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it("finds one that waits, as every first command of a sandbox does", async () => {
    const command = `tr '\\0' ' ' </proc/$(cat ${sandboxPaths.control_dir}/waiting-*)/cmdline`;
    expect(await shell(sandbox, command)).toMatch(
      /^python3 \/opt\/agent\/start\/[0-9a-f]+\/__main__\.py --wait /,
    );
  });

  it("finds it held as every process of the sandbox is, with nothing open that is not the sandbox's own", async () => {
    verifies("sandbox:attack:entered-is-held");
    const [command, waiting] = (await intrude(sandbox, compareWithWaiting)) as Record<string, unknown>[];
    expect(waiting).toEqual(command);
    const files = (await intrude(sandbox, openOfWaiting)) as string[];
    const others = files.filter((file) => file !== "/dev/null" && !file.startsWith("pipe:"));
    expect(others).toEqual([expect.stringMatching(new RegExp(`^${sandboxPaths.control_dir}/go-[0-9a-f]+$`))]);
  });

  it("reaches the host's own Python neither by it nor by the one that waits to be the script", async () => {
    verifies("sandbox:attack:entered-is-held", "sandbox:attack:own-files");
    const locked = await intrude(
      sandbox,
      `${findWaiting}
import fcntl, subprocess
held = [os.open("/proc/%s/exe" % pid, os.O_RDONLY) for pid in waiting]
for fd in held: fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB) if fd == held[0] else None
watch = libc.inotify_init1(os.O_NONBLOCK)
for pid in waiting: libc.inotify_add_watch(watch, b"/proc/%s/exe" % pid.encode(), 0x20)
seen = attempt(lambda: os.read(watch, 65536))
own = os.open("/usr/bin/python3", os.O_RDONLY)
subprocess.run(["/usr/bin/python3", "-c", "pass"])
tell([len(waiting), attempt(lambda: fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)), seen, attempt(lambda: os.read(watch, 65536)),
      [attempt(lambda: open("/proc/%s/exe" % pid, "r+b")) for pid in waiting],
      [attempt(lambda: os.chmod("/proc/%s/exe" % pid, 0o777)) for pid in waiting]])`,
    );
    const [count, own, ...rest] = locked as [number, string, string, string, string[], string[]];
    expect([count, own]).toEqual([2, "ok"]);
    expect(rest.slice(0, 2)).toEqual(["EAGAIN", "EAGAIN"]);
    for (const refused of rest.slice(2).flat())
      expect(["EROFS", "EACCES", "EPERM", "ETXTBSY"]).toContain(refused);
  });

  it("changes no file of its program, adds none, and puts none in its place", async () => {
    verifies("sandbox:attack:runner-program-kept");
    const program = `
root = ${JSON.stringify(runnerProgram.dir)}
files = [os.path.join(at, name) for at, _, names in os.walk(root) for name in names]
folders = [at for at, _, _ in os.walk(root)]
seen = [attempt(lambda: open(file, "r+b")) for file in files]
seen += [attempt(lambda: os.unlink(file)) for file in files]
seen += [attempt(lambda: os.chmod(file, 0o666)) for file in files]
seen += [attempt(lambda: open(os.path.join(at, "own.py"), "w")) for at in folders]
seen += [attempt(lambda: os.rename(at, at + "-old")) for at in folders]
tell([len(files) > 10, sorted(set(seen) - {"EROFS", "EACCES", "EPERM", "EBUSY", "EXDEV"})])`;
    expect(await intrude(sandbox, program)).toEqual([true, []]);
  });

  it("has no other process told to begin by what it leaves in place of the runner's number", async () => {
    verifies("sandbox:attack:runner-program-kept");
    const handle = await sandbox.commands.run("exec sleep 300", { background: true });
    await shell(
      sandbox,
      `for file in ${sandboxPaths.control_dir}/waiting-*; do echo ${handle.pid} >$file; done`,
    );
    await shell(sandbox, `bash -c ${quote(startCommandOf(1, 1))}`);
    expect(await shell(sandbox, `kill -0 ${handle.pid} && cat /proc/${handle.pid}/comm`)).toBe("sleep\n");
    await handle.kill();
  });
});

describe("the program of which forks wait in sandboxes", () => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startProductionServer();
  });
  afterAll(() => server.stop());

  it("is there once, and ends with a server that is killed", async () => {
    expect(server.log()).not.toContain("started in each sandbox");
    const [parent, ...others] = forkParents(server.pid);
    expect(others).toEqual([]);
    await server.kill("SIGKILL");
    await expect.poll(() => parent !== undefined && existsSync(`/proc/${parent}`)).toBe(false);
    await server.restart();
  });

  it("has them begin by a word at their door, also in sandboxes that come faster than the pool fills", async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => Sandbox.create("base", server.sdk)));
    const told = made.map(async (sandbox) => {
      await sandbox.files.write(doorOfWaiting, "go");
      const look = () => shell(sandbox, `ls ${sandboxPaths.control_dir}`);
      // It finds no orders, and is gone with all that said it waited.
      await expect.poll(look).toBe("");
    });
    await Promise.all(told);
  });

  it("leaves nobody without a runner when it is killed", async () => {
    const [parent = -1] = forkParents(server.pid);
    const forked = childrenOf(parent);
    process.kill(parent, "SIGKILL");
    await expect.poll(() => forked.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
    await Sandbox.create("base", server.sdk);
    const listWaiting = async (): Promise<string> => {
      const sandbox = await Sandbox.create("base", server.sdk);
      return shell(sandbox, `ls ${sandboxPaths.control_dir}`);
    };
    // One that comes before the pool has another is made without.
    await expect.poll(listWaiting, { interval: 1_000 }).toMatch(/^go-[0-9a-f]+\nwaiting-[0-9a-f]+\n$/);
  });
});

describe.each(serverUsers)("a program that cannot fork, on a server of %s", (_user, options) => {
  it("is started in each sandbox, and the log says why", async () => {
    const server = await startProductionServer({ ...options, startProgram: packProgram(waitsOnly) });
    try {
      expect(server.log()).toContain("waiting programs are started in each sandbox");
      expect(forkParents(server.pid)).toEqual([]);
      const sandbox = await Sandbox.create("base", server.sdk);
      expect(await shell(sandbox, "cat /proc/[0-9]*/cmdline | tr '\\0' ' '")).toContain("__main__.py --wait");
    } finally {
      await server.stop();
    }
  });
});

const waitsOnly = `
import sys, time
if sys.argv[1] != "--wait": sys.exit("no")
print("ready", flush=True)
time.sleep(600)
`;

/** A Python zip application of one file. */
function packProgram(main: string): Uint8Array {
  const dir = mkdtempSync(path.join(tmpdir(), "start-program-"));
  try {
    writeFileSync(path.join(dir, "__main__.py"), main);
    execFileSync("/usr/bin/python3", ["-m", "zipfile", "-c", "program.pyz", "__main__.py"], { cwd: dir });
    return readFileSync(path.join(dir, "program.pyz"));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** Their numbers: children of a server that fork. */
function forkParents(server: number): number[] {
  return childrenOf(server).filter((pid) =>
    readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0--fork\0"),
  );
}

/** As one word of a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
