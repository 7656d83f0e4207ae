import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { startAgent } from "../../test/support/sandbox-agent/agent-under-test.ts";
import type { AgentUnderTest } from "../../test/support/sandbox-agent/agent-under-test.ts";
import { collectOutcome as collect, runShell, shell } from "../../test/support/sandbox-agent/run-shell.ts";
import type { CommandOutcome } from "../../test/support/sandbox-agent/run-shell.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(async () => agent.stop());

async function run(script: string): Promise<CommandOutcome> {
  return runShell(agent, script);
}

describe("Start", () => {
  it("streams both outputs and the exit code in E2B's words", async () => {
    const outcome = await run("echo out; echo err >&2; exit 3");
    expect(outcome.stdout).toBe("out\n");
    expect(outcome.stderr).toBe("err\n");
    expect(outcome.end).toMatchObject({
      exitCode: 3,
      exited: true,
      status: "exit status 3",
      error: "exit status 3",
    });
  });

  it("leaves the error away when the command succeeds", async () => {
    const { end } = await run("true");
    expect(end).toMatchObject({ exitCode: 0, exited: true });
    expect(end?.error).toBeUndefined();
  });

  it("gives standard streams that may be reopened by path", async () => {
    const outcome = await run("echo one > /dev/stdout; echo two | tee /dev/stderr");
    expect(outcome.stdout).toBe("one\ntwo\n");
    expect(outcome.stderr).toBe("two\n");
  });

  it("hands no descriptor beyond the standard three to a command", async () => {
    const { stdout } = await run("exec ls /proc/self/fd");
    // 3 is the folder `ls` itself reads.
    expect(stdout.trim().split("\n")).toEqual(["0", "1", "2", "3"]);
  });

  it("carries bytes that are no text unchanged", async () => {
    const { stdoutBytes } = await run("printf '\\xff\\xfe\\x00\\x80ok'");
    expect([...stdoutBytes]).toEqual([0xff, 0xfe, 0x00, 0x80, 0x6f, 0x6b]);
  });

  it("refuses a missing working directory and a missing program", async () => {
    const lost = collect(agent.processes.start({ process: { cmd: "/bin/true", cwd: "/nowhere" } }));
    await expect(lost).rejects.toThrow(/\[invalid_argument\] cwd '\/nowhere' does not exist/);
    const unknown = collect(agent.processes.start({ process: { cmd: "no-such-program" } }));
    await expect(unknown).rejects.toThrow(/\[invalid_argument\] program 'no-such-program' not found/);
  });

  it("says why there is no pseudo-terminal", async () => {
    const start = collect(agent.processes.start({ ...shell("true"), pty: { size: { cols: 80, rows: 24 } } }));
    await expect(start).rejects.toThrow(/\[unimplemented\] This sandbox has no pseudo-terminals/);
  });

  it("kills the command and its children when its own time is up", async () => {
    const late = agent.processes.start(shell("sleep 61 & sleep 62; wait"), { timeoutMs: 300 });
    await expect(collect(late)).rejects.toThrow(/deadline_exceeded/);
    // The client's clock rings as well, and may do so a moment before the agent's.
    await expect.poll(async () => (await run("pgrep -x sleep; true")).stdout).toBe("");
  });

  it("acts as root in name and home, with the same rights", async () => {
    const headers = { Authorization: `Basic ${Buffer.from("root:").toString("base64")}` };
    const { stdout } = await collect(agent.processes.start(shell("echo $USER $HOME $(id -u)"), { headers }));
    expect(stdout).toBe("root /root 1000\n");
  });

  it("refuses a user that does not exist", async () => {
    const headers = { Authorization: `Basic ${Buffer.from("nobody:").toString("base64")}` };
    await expect(collect(agent.processes.start(shell("true"), { headers }))).rejects.toThrow(
      /unauthenticated/,
    );
  });
});

describe("Connect", () => {
  it("replays the whole output and the end of a command that its client left", async () => {
    verifies("conformance:agent:replay");
    const stop = new AbortController();
    let pid = 0;
    const stream = agent.processes.start(shell("for i in 1 2 3; do echo line $i; done; exit 5"), {
      signal: stop.signal,
    });
    for await (const { event } of stream) {
      if (event?.event.case === "start") pid = event.event.value.pid;
      break;
    }
    stop.abort();
    const outcome = await collect(
      agent.processes.connect({ process: { selector: { case: "pid", value: pid } } }),
    );
    expect(outcome.stdout).toBe("line 1\nline 2\nline 3\n");
    expect(outcome.end?.exitCode).toBe(5);
  });

  it("finds a command by its tag and answers not_found for an unknown pid", async () => {
    await collect(agent.processes.start({ ...shell("echo tagged"), tag: "the-tag" }));
    const found = await collect(
      agent.processes.connect({ process: { selector: { case: "tag", value: "the-tag" } } }),
    );
    expect(found.stdout).toBe("tagged\n");
    const lost = collect(agent.processes.connect({ process: { selector: { case: "pid", value: 99_999 } } }));
    await expect(lost).rejects.toThrow(/\[not_found\]/);
  });
});

describe("output floods", () => {
  const FLOOD_BYTES = 200_000_000;

  it("passes 200 MB to a reader that stops and goes, and does not grow", async () => {
    verifies("conformance:agent:flood");
    let received = 0;
    let peakKib = 0;
    for await (const { event } of agent.processes.start(shell(`head -c ${FLOOD_BYTES} /dev/zero`))) {
      if (event?.event.case !== "data" || event.event.value.output.case !== "stdout") continue;
      const before = received;
      received += event.event.value.output.value.length;
      if (Math.floor(before / 50_000_000) === Math.floor(received / 50_000_000)) continue;
      const { stdout } = await run("grep VmRSS /proc/1/status | tr -dc 0-9");
      peakKib = Math.max(peakKib, Number(stdout));
    }
    expect(received).toBe(FLOOD_BYTES);
    expect(peakKib).toBeGreaterThan(10_000);
    expect(peakKib).toBeLessThan(200_000);
  });

  it("keeps a stalled reader's command waiting instead of its output in memory", async () => {
    verifies("conformance:agent:flood");
    const stop = new AbortController();
    const stalled = agent.processes
      .start(shell("yes; exit 1"), { signal: stop.signal })
      [Symbol.asyncIterator]();
    await stalled.next();
    const bytesWritten = async () => {
      const { stdout } = await run("cat /proc/$(pgrep -x yes)/io | grep wchar | tr -dc 0-9");
      return Number(stdout);
    };
    let last = -1;
    // It has stopped when two looks in a row, each a whole command apart, find the same.
    for (let now = await bytesWritten(); now !== last; now = await bytesWritten()) last = now;
    expect(last).toBeLessThan(32_000_000);
    stop.abort();
    await run("pkill -x yes");
  });

  it("forgets the output of the oldest ended commands before it fills the memory", async () => {
    verifies("conformance:agent:flood");
    const pids: number[] = [];
    for (let count = 0; count < 40; count += 1) pids.push((await run("head -c 8M /dev/zero")).pid);
    const [oldest = 0, newest = 0] = [pids.at(0), pids.at(-1)];
    const connect = async (pid: number) =>
      collect(agent.processes.connect({ process: { selector: { case: "pid", value: pid } } }));
    await expect(connect(oldest)).rejects.toThrow(/\[not_found\]/);
    expect((await connect(newest)).end?.exitCode).toBe(0);
    const { stdout } = await run("grep VmRSS /proc/1/status | tr -dc 0-9");
    expect(Number(stdout)).toBeLessThan(300_000);
  });

  it("joins a million one-byte lines into chunks and loses none", async () => {
    verifies("conformance:agent:flood");
    const { stdoutBytes } = await run("yes '' | head -n 1000000");
    expect(stdoutBytes.equals(Buffer.alloc(1_000_000, "\n"))).toBe(true);
  });
});

describe("processes", () => {
  it("leaves no zombie behind, neither commands nor their orphans", async () => {
    await Promise.all(Array.from({ length: 10 }, async () => run("(sleep 0.05 &) ; true")));
    const findZombies = async () =>
      (await run("pgrep -x sleep; grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null; true")).stdout;
    await expect.poll(findZombies).toBe("");
  });

  it("ends a command whose outputs are held open by a child that left its group, once it is killed", async () => {
    const events = agent.processes.start(shell("setsid sleep 303 & echo ready; sleep 304"));
    const iterator = events[Symbol.asyncIterator]();
    const first = await iterator.next();
    const started = first.value?.event?.event;
    expect(started?.case).toBe("start");
    const pid = started?.case === "start" ? started.value.pid : 0;
    await agent.processes.sendSignal({ process: { selector: { case: "pid", value: pid } }, signal: 9 });
    const outcome = await collect({ [Symbol.asyncIterator]: () => iterator });
    expect(outcome.end?.exitCode).toBe(-1);
    await run("pkill -x sleep");
  });

  it("takes input as a stream and refuses more than an idle command can hold", async () => {
    const events = agent.processes.start({ ...shell("head -n 2; exec sleep 305"), stdin: true });
    const iterator = events[Symbol.asyncIterator]();
    const first = await iterator.next();
    const started = first.value?.event?.event;
    const pid = started?.case === "start" ? started.value.pid : 0;
    const selector = { selector: { case: "pid" as const, value: pid } };
    const data = (text: string) => ({
      event: {
        case: "data" as const,
        value: { input: { input: { case: "stdin" as const, value: Buffer.from(text) } } },
      },
    });
    await agent.processes.streamInput(
      (async function* () {
        yield { event: { case: "start" as const, value: { process: selector } } };
        yield data("one\n");
        yield data("two\n");
      })(),
    );
    const stop = new AbortController();
    const big = {
      process: selector,
      input: { input: { case: "stdin" as const, value: Buffer.alloc(3_000_000) } },
    };
    // Two of them wait for the command to read, whichever they are; there is no room for a third.
    const refusals = [1, 2, 3].map(async () =>
      agent.processes.sendInput(big, { signal: stop.signal }).then(() => "taken", String),
    );
    expect(await Promise.race(refusals)).toContain("does not read");
    stop.abort();
    expect((await Promise.all(refusals)).filter((text) => text.includes("does not read"))).toHaveLength(1);
    await agent.processes.sendSignal({ process: selector, signal: 9 });
    expect((await collect({ [Symbol.asyncIterator]: () => iterator })).stdout).toBe("one\ntwo\n");
  });
});
