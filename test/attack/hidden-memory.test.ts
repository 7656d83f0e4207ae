import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude } from "./intruder.ts";

/** A process may map all that it may at most: what it may ask for is not what this is about. */
const UNBOUND = `
import resource
most = resource.getrlimit(resource.RLIMIT_DATA)[1]
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
`;

/** Some processes send over pair after pair until 400 MiB are on their way, or no more can be. */
const sendWithoutReading = (pair: string, processes = 4): string => `
import select, time
reader, writer = os.pipe()
children = []
for _ in range(${processes}):
    pid = os.fork()
    children.append(pid)
    if pid > 0: continue
    os.closerange(0, 3)
    pairs, total = [], 0
    try:
        while total < 100 << 20:
${pair.replaceAll(/^/gm, "            ")}
            pairs.append(pair)
            for end in pair:
                end.setblocking(False)
                try:
                    for _ in range(most): total += end.send(b"x" * size)
                except OSError: pass
    except OSError: pass
    os.write(writer, b"%d\\n" % total)
    time.sleep(600)
os.close(writer)
def ended(): return any(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) for pid in children)
said = b""
while said.count(b"\\n") < ${processes}:
    if ended(): break
    if select.select([reader], [], [], 0.05)[0]: said += os.read(reader, 1000)
too_much = sum(map(int, said.split())) >= 128 << 20
patience = time.monotonic() + 30
while too_much and not ended() and time.monotonic() < patience: time.sleep(0.05)
tell("kept" if too_much and not ended() else "stopped")`;

/** Each tells "kept" once it holds far more than the 128 MiB of its sandbox. */
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
  ...Object.entries({
    "unix sockets that nobody reads, asked to hold as much as they may": `
pair = socket.socketpair()
for end in pair: end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)
size, most = 65536, 1000`,
    "messages that nobody receives": `
pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
size, most = 200_000, 1000`,
    "datagrams that nobody receives": `
pair = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for end in pair: end.bind(("127.0.0.1", 0))
pair[0].connect(pair[1].getsockname()); pair[1].connect(pair[0].getsockname())
# What comes beyond is dropped without a word.
size, most = 60_000, 4`,
    "connections to oneself that nobody reads": `
with socket.create_server(("127.0.0.1", 0)) as server:
    pair = [socket.create_connection(server.getsockname()), server.accept()[0]]
size, most = 65536, 1000`,
  }).map(([name, pair]): [string, string] => [name, sendWithoutReading(pair)]),
  [
    "pipes that nobody reads",
    sendWithoutReading(
      `
class Pipe:
    def __init__(self): self.ends = os.pipe()
    def setblocking(self, _): os.set_blocking(self.ends[1], False)
    def send(self, data): return os.write(self.ends[1], data)
pair = [Pipe()]
size, most = 4096, 16`,
      24,
    ),
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
    server = await startProductionServer({ env: { FLOOM_SANDBOX_MEMORY_MB: "128" } });
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
