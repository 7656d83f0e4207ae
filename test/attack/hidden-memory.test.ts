import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude } from "./intruder.ts";

/** A process may map all that it may at most: what it may ask for is not what this is about. */
const UNBOUND = `
import resource
most = resource.getrlimit(resource.RLIMIT_DATA)[1]
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
`;

/** Each tells "kept" once it holds far more than the 192 MiB of its sandbox. */
const HIDING_PLACES: [string, string][] = [
  [
    "a process whose first thread has ended",
    `
import threading, time
def hold():
    data = b"x" * (400 << 20)
    time.sleep(2)
    tell("kept"); sys.stdout.flush(); os._exit(0)
threading.Thread(target=hold).start()
ctypes.CDLL(None).pthread_exit(None)`,
  ],
  [
    "two such processes",
    `
import threading, time
def hold():
    data = b"x" * (150 << 20)
    time.sleep(60)
children = []
for _ in range(2):
    pid = os.fork()
    if pid == 0:
        os.closerange(0, 3)
        threading.Thread(target=hold).start()
        ctypes.CDLL(None).pthread_exit(None)
    children.append(pid)
time.sleep(3)
tell("stopped" if any(os.waitpid(pid, os.WNOHANG)[0] for pid in children) else "kept")`,
  ],
  [
    "unix sockets that nobody reads",
    `
import resource, time
pairs = []
for _ in range(8):
    if os.fork() == 0:
        os.closerange(0, 3)
        try:
            while True: pairs.append(socket.socketpair())
        except OSError: pass
        for pair in pairs:
            for end in pair:
                end.setblocking(False)
                try:
                    while True: end.send(b"x" * 4096)
                except BlockingIOError: pass
        time.sleep(60)
time.sleep(5)
alive = 0
while True:
    try:
        if os.waitpid(-1, os.WNOHANG)[0] == 0: alive = 1
        if alive: break
    except ChildProcessError: break
left = sum(os.path.exists("/proc/%d/fd" % pid) and len(os.listdir("/proc/%d/fd" % pid)) > 900 for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if pid != 1)
tell("kept" if left > 2 else "stopped")`,
  ],
  [
    "page tables",
    `
import mmap, time
m = mmap.mmap(-1, 180 << 30, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, mmap.PROT_READ)
for at in range(0, 180 << 30, 2 << 20): m[at]
time.sleep(2)
tell("kept")`,
  ],
];

describe("memory that is in no process's size", () => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startSandboxServer({ env: { FLOOM_SANDBOX_MEMORY_MB: "192" } });
  });
  afterAll(() => server.stop());

  it.each(HIDING_PLACES)("is counted in %s", async (_name, program) => {
    verifies("sandbox:limits:memory");
    const hider = await Sandbox.create("base", server.sdk);
    const told = await intrude(hider, UNBOUND + program).catch(() => "stopped");
    expect(told).toBe("stopped");
    expect((await hider.commands.run("echo alive")).stdout).toBe("alive\n");
    await hider.kill();
  });
});
