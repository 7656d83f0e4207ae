import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSandboxServer } from "../support/sandbox-server.ts";
import type { SandboxServer } from "../support/sandbox-server.ts";
import { verifies } from "../verifies.ts";
import { intrude, shell } from "./intruder.ts";

describe("user code against the agent that limits it", () => {
  let server: SandboxServer;
  let sandbox: Sandbox;
  beforeAll(async () => {
    server = await startSandboxServer();
    sandbox = await Sandbox.create("base", server.sdk);
  });
  afterAll(() => server.stop());

  it("is process 2, as the filter of system calls takes it to be", async () => {
    expect(await shell(sandbox, "cat /proc/2/comm")).toBe("sandbox-agent\n");
  });

  it.each([
    ["SIGSTOP", "lambda: os.kill(2, 19)"],
    ["SIGSTOP to everybody", "lambda: os.kill(-1, 19)"],
    ["SIGSTOP to its group", "lambda: os.killpg(os.getpgid(2), 19)"],
    ["SIGSTOP by pidfd", "lambda: __import__('signal').pidfd_send_signal(os.pidfd_open(2), 19)"],
    ["a lower priority", "lambda: os.setpriority(os.PRIO_PROCESS, 2, 19)"],
    ["a lower priority of all its user's processes", "lambda: os.setpriority(os.PRIO_USER, 0, 19)"],
    ["idle scheduling", "lambda: os.sched_setscheduler(2, os.SCHED_IDLE, os.sched_param(0))"],
    ["one processor", "lambda: os.sched_setaffinity(2, {0})"],
    ["no open files", "lambda: __import__('resource').prlimit(2, 7, (0, 0))"],
  ])("is refused to give it %s", async (_name, attempt) => {
    verifies("conformance:agent:stays-awake");
    expect(await intrude(sandbox, `tell(attempt(${attempt}))`)).toBe("EPERM");
  });

  it("does not stop or end it by the signals that may be sent", async () => {
    verifies("conformance:agent:stays-awake");
    await shell(
      sandbox,
      "pkill -9 node; pkill node; for s in TERM INT HUP TSTP TTIN TTOU; do kill -$s 2; done",
    );
    expect(await shell(sandbox, "echo awake")).toBe("awake\n");
  });

  it("may still signal, steer and limit its own processes", async () => {
    const own = "sleep 300 & nice -n 5 true && kill -TERM $! && wait $!; echo $?; ulimit -n 100; ulimit -n";
    expect(await shell(sandbox, own)).toContain("143\n100\n");
    const taskset = "lambda: os.sched_setaffinity(0, os.sched_getaffinity(0))";
    expect(await intrude(sandbox, `tell(attempt(${taskset}))`)).toBe("ok");
  });

  it("cannot write the agent's memory", async () => {
    verifies("conformance:agent:stays-awake");
    expect(await intrude(sandbox, `tell(attempt(lambda: open("/proc/2/mem", "r+b")))`)).toBe("EROFS");
  });
});
