import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RunnerLab } from "../test/support/runner/start-runner.ts";
import type { Script } from "../test/support/runner/start-runner.ts";
import { verifies } from "../test/verifies.ts";

let lab: RunnerLab;
beforeEach(async () => {
  lab = await RunnerLab.open();
});
afterEach(async () => {
  await lab.close();
});

const run = (source: string, options: Omit<Script, "files"> = {}) =>
  lab.run({ files: { "run.py": source }, ...options });

async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  return status !== undefined && !/\) [ZX] /.test(status);
}

/** The process whose pid a script left in a file of its work directory is gone, or has its signal and is going. */
async function expectDead(name: string): Promise<void> {
  const pid = Number(await readFile(join(lab.workDir, name), "utf8"));
  await expect.poll(() => isAlive(pid)).toBe(false);
}

describe("an exit code", () => {
  it("other than 0 is an execution error that quotes the script's last word", async () => {
    verifies("runner:end:exit-code");
    const { result } = await run("import sys\nprint('no such table', file=sys.stderr)\nsys.exit(3)");
    expect(result).toMatchObject({
      outcome: "failure",
      error_code: "execution_error",
      error: "The script ended with exit code 3: no such table",
      error_raw: "no such table\n",
      exit_code: 3,
    });
  });

  it("of a script that says nothing, or dies of a signal, is named all the same", async () => {
    const silent = await run("raise SystemExit(3)");
    expect(silent.result.error).toBe("The script ended with exit code 3.");
    await lab.close();
    lab = await RunnerLab.open();
    const signalled = await run("import os; os.kill(os.getpid(), 11)");
    expect(signalled.result).toMatchObject({ error_code: "execution_error", exit_code: 139 });
    expect(signalled.result.error).toBe("The script ended with signal 11.");
  });

  it("keeps the last 4 KiB of standard error", async () => {
    const { result } = await run("import sys\nsys.stderr.write('a' * 10000 + 'ä' * 3000 + '!')\nsys.exit(1)");
    expect(Buffer.byteLength(result.error_raw ?? "")).toBeLessThanOrEqual(4096);
    expect(result.error_raw).toMatch(/ä!$/);
  });

  it("of a command that is not there or not runnable is an invalid worker", async () => {
    verifies("runner:end:invalid-worker");
    const unknown = await run("", { command: "no-such-tool run.py" });
    expect(unknown.result).toMatchObject({ error_code: "invalid_worker", exit_code: 127 });
    expect(unknown.result.error).toContain("no-such-tool");
    await lab.close();
    lab = await RunnerLab.open();
    const missing = await run("", { entry: "other.py", command: "python other.py" });
    expect(missing.result).toMatchObject({ error_code: "invalid_worker", exit_code: 2 });
    expect(missing.result.error).toContain("not in its bundle");
  });
});

describe("memory", () => {
  it("that runs out is sandbox_oom, whether the script notices or is killed", async () => {
    verifies("runner:end:out-of-memory");
    const noticed = await run(
      "import resource\nresource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000))\nx = bytearray(10**9)",
    );
    expect(noticed.result).toMatchObject({ outcome: "failure", error_code: "sandbox_oom", exit_code: 1 });
    await lab.close();
    lab = await RunnerLab.open();
    const killed = await run("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)");
    expect(killed.result).toMatchObject({ outcome: "failure", error_code: "sandbox_oom", exit_code: 137 });
  });
});

describe("a disk", () => {
  it("that is full, as the script sees it, is disk_full", async () => {
    verifies("runner:end:disk-full");
    // /dev/full is the kernel's own full disk: every write to it ends with ENOSPC.
    const { result } = await run("with open('/dev/full', 'w') as file: file.write('x')");
    expect(result).toMatchObject({ outcome: "failure", error_code: "disk_full", exit_code: 1 });
  });

  it("that has no room for the log keeps enough for the result", async () => {
    // A file size limit stops the runner's own journal the way a full disk does.
    const attempt = await run(
      "for n in range(40000): print('line', n)\nopen('result.json', 'w').write('{')",
      {
        shellPrefix: "ulimit -S -f 300;",
      },
    );
    expect(attempt.result.outcome).toBe("failure");
    expect(attempt.result.error_code).toBe("disk_full");
  });
});

describe("the time limit", () => {
  it("ends the script and everything it started", async () => {
    verifies("runner:end:timeout");
    const { result } = await run(
      `import os, subprocess, time
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
open("child", "w").write(str(child.pid)); print("started"); time.sleep(60)`,
      { config: { timeout_seconds: 0.5 } },
    );
    expect(result).toMatchObject({ outcome: "failure", error_code: "timeout" });
    expect(result.error).toBe("The run took longer than its time limit of 0.5 seconds.");
    expect(result.exit_code).toBe(143);
    await expectDead("child");
  });

  it("lets a script that catches the signal write its last lines, and no more", async () => {
    const attempt = await run(
      `import signal, time
def late(*_): print("cleaning up")
signal.signal(signal.SIGTERM, late)
while True: time.sleep(1)`,
      { config: { timeout_seconds: 0.4 } },
    );
    expect(attempt.lines("stdout")).toEqual(["cleaning up"]);
    expect(attempt.result).toMatchObject({ error_code: "timeout", exit_code: 137 });
  });
});

describe("processes that outlive the script", () => {
  it("are ended with it, daemons included, and what they wrote until then is kept", async () => {
    verifies("runner:end:child-outlives-script");
    const attempt = await run(`
import os, subprocess, sys, time
subprocess.Popen(["sh", "-c", "echo from the child; touch child; sleep 600"])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("daemon", "w").write(str(os.getpid()))
        time.sleep(600)
    os._exit(0)
while not os.path.exists("child"): time.sleep(0.01)
while not os.path.exists("daemon") or not open("daemon").read(): time.sleep(0.01)
print("done")`);
    expect(attempt.result.outcome).toBe("success");
    expect(attempt.lines("stdout").sort()).toEqual(["done", "from the child"]);
    expect(attempt.lines("system")).toEqual([
      "Processes that the script had left running were ended with it.",
    ]);
    await expectDead("daemon");
  });

  it("are ended also where only a thread of theirs goes on, and the first has left", async () => {
    verifies("runner:end:child-outlives-script");
    const attempt = await run(`
import ctypes, os, sys, threading, time
LEAVES_ITS_THREAD_ALONE = 60
if os.fork() == 0:
    os.setsid()
    for descriptor in (0, 1, 2): os.close(descriptor)
    threading.Thread(target=time.sleep, args=(600,)).start()
    open("thread", "w").write(str(os.getpid()))
    ctypes.CDLL(None).syscall(LEAVES_ITS_THREAD_ALONE, 0)
def state(): return open("/proc/" + open("thread").read() + "/stat").read().rpartition(")")[2].split()[0]
while not os.path.exists("thread") or not open("thread").read() or state() != "Z": time.sleep(0.01)
print("done")`);
    expect(attempt.result.outcome).toBe("success");
    expect(attempt.lines("system")).toEqual([
      "Processes that the script had left running were ended with it.",
    ]);
    await expectDead("thread");
  });
});
