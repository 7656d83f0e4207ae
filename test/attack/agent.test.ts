import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProductionServer } from "./production-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, shell } from "./intruder.ts";

describe("user code against the agent that limits it", () => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startProductionServer();
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it("is process 1, and nothing of bubblewrap is left beside it", async () => {
    expect(await shell(sandbox, "cat /proc/1/comm")).toBe("sandbox-agent\n");
    const names = (await shell(sandbox, "cat /proc/[0-9]*/comm")).trimEnd().split("\n");
    // The agent, the shell that was just asked, and the runner that waits.
    expect(new Set(names)).toEqual(new Set(["sandbox-agent", "bash", "cat", "python3"]));
  });

  it.each([
    ["a lower priority", "lambda: os.setpriority(os.PRIO_PROCESS, 1, 19)"],
    ["a lower priority of all its user's processes", "lambda: os.setpriority(os.PRIO_USER, 0, 19)"],
    ["idle scheduling", "lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0))"],
    ["one processor", "lambda: os.sched_setaffinity(1, {0})"],
    ["no open files", "lambda: __import__('resource').prlimit(1, 7, (0, 0))"],
    [
      "no processor time, by the number of one of its threads",
      "lambda: __import__('resource').prlimit(int(os.listdir('/proc/1/task')[-1]), 0, (1, 1))",
    ],
    ["SIGSTOP by the kernel's hand", "lambda: __import__('fcntl').fcntl(os.pipe()[0], 10, 19)"],
    ["signals of a descriptor", "lambda: __import__('fcntl').fcntl(os.pipe()[0], 8, 1)"],
    [
      "signals of a terminal",
      "lambda: __import__('fcntl').ioctl(socket.socket(), 0x8901, struct.pack('i', 1))",
    ],
  ])("is refused to give it %s", async (_name, attempt) => {
    verifies("conformance:agent:stays-awake");
    expect(await intrude(sandbox, `tell(attempt(${attempt}))`)).toBe("EPERM");
  });

  it.each([
    ["SIGKILL", "kill -9 1"],
    ["SIGSTOP", "kill -STOP 1"],
    ["SIGKILL to everybody", "trap '' TERM; setsid sh -c 'kill -9 -1'"],
    ["SIGKILL by name", "pkill -9 node; pkill -9 sandbox-agent; pkill node"],
    [
      "every signal there is",
      "for s in $(seq 1 64); do [ $s = 17 ] || kill -$s 1 2>/dev/null; done; kill -17 1",
    ],
  ])("neither stops nor ends it by %s", async (_name, command) => {
    verifies("conformance:agent:stays-awake");
    const other = await Sandbox.create("base", server.sdk);
    await other.commands.run(command).catch(() => undefined);
    expect(await shell(other, "echo awake; grep State: /proc/1/status")).toMatch(/^awake\nState:\t[SR] /);
    await other.kill();
  });

  it("opens no debugger into it", async () => {
    verifies("conformance:agent:stays-awake");
    await shell(sandbox, "for n in 1 2 3; do kill -USR1 1; sleep 0.1; done");
    expect(
      await intrude(sandbox, "tell(attempt(lambda: socket.create_connection(('127.0.0.1', 9229))))"),
    ).toBe("ECONNREFUSED");
    expect(await shell(sandbox, "grep -c ':2405' /proc/net/tcp")).toBe("0\n");
  });

  it("has its orphans taken away, so that the dead do not fill the process table", async () => {
    verifies("sandbox:limits:processes");
    const program = `
import time
orphans = 0
for _ in range(600):
    while True:
        try:
            middle = os.fork()
            break
        except BlockingIOError:
            time.sleep(0.01)
    if middle == 0:
        try:
            if os.fork() == 0: os._exit(0)
        except BlockingIOError: os._exit(1)
        os._exit(0)
    orphans += os.waitpid(middle, 0)[1] == 0
while "Z" in states(): time.sleep(0.01)
tell(orphans > 300)`;
    expect(await intrude(sandbox, program)).toBe(true);
  });

  it("may still signal, steer and limit its own processes", async () => {
    const own =
      "sleep 300 & kill -STOP $! && kill -CONT $! && kill -9 $!; wait; sleep 300 & nice -n 5 true && kill -TERM $! && wait $!; echo $?; ulimit -n 100; ulimit -n";
    expect(await shell(sandbox, own)).toContain("143\n100\n");
    const taskset = "lambda: os.sched_setaffinity(0, os.sched_getaffinity(0))";
    expect(await intrude(sandbox, `tell(attempt(${taskset}))`)).toBe("ok");
  });

  it("cannot write the agent's memory", async () => {
    verifies("conformance:agent:stays-awake");
    expect(await intrude(sandbox, `tell(attempt(lambda: open("/proc/1/mem", "r+b")))`)).toBe("EROFS");
  });
});
