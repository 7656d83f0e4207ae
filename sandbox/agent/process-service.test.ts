import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProcessEvent } from "../gen/process_pb.ts";
import { startAgent, type AgentUnderTest } from "./agent-under-test.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(async () => agent.stop());

interface Outcome {
  pid: number;
  stdout: Buffer;
  stderr: Buffer;
  end: { exitCode: number; exited: boolean; status: string; error?: string | undefined } | undefined;
}

async function collect(events: AsyncIterable<{ event?: ProcessEvent | undefined }>): Promise<Outcome> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  let pid = 0;
  let end: Outcome["end"];
  for await (const { event } of events) {
    const kind = event?.event;
    if (kind?.case === "start") pid = kind.value.pid;
    if (kind?.case === "end") end = kind.value;
    if (kind?.case === "data" && kind.value.output.case === "stdout") stdout.push(kind.value.output.value);
    if (kind?.case === "data" && kind.value.output.case === "stderr") stderr.push(kind.value.output.value);
  }
  return { pid, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), end };
}

function shell(script: string) {
  return { process: { cmd: "/bin/bash", args: ["-l", "-c", script] } };
}

async function run(script: string): Promise<Outcome> {
  return collect(agent.processes.start(shell(script)));
}

describe("Start", () => {
  it("streams both outputs and the exit code in E2B's words", async () => {
    const outcome = await run("echo out; echo err >&2; exit 3");
    expect(outcome.stdout.toString()).toBe("out\n");
    expect(outcome.stderr.toString()).toBe("err\n");
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
    expect(outcome.stdout.toString()).toBe("one\ntwo\n");
    expect(outcome.stderr.toString()).toBe("two\n");
  });

  it("hands no descriptor beyond the standard three to a command", async () => {
    const { stdout } = await run("exec ls /proc/self/fd");
    // 3 is the folder `ls` itself reads.
    expect(stdout.toString().trim().split("\n")).toEqual(["0", "1", "2", "3"]);
  });

  it("carries bytes that are no text unchanged", async () => {
    const { stdout } = await run("printf '\\xff\\xfe\\x00\\x80ok'");
    expect([...stdout]).toEqual([0xff, 0xfe, 0x00, 0x80, 0x6f, 0x6b]);
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
    const { stdout } = await run("pgrep -x sleep; true");
    expect(stdout.toString()).toBe("");
  });

  it("acts as root in name and home, with the same rights", async () => {
    const headers = { Authorization: `Basic ${Buffer.from("root:").toString("base64")}` };
    const { stdout } = await collect(agent.processes.start(shell("echo $USER $HOME $(id -u)"), { headers }));
    expect(stdout.toString()).toBe("root /root 1000\n");
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
    expect(outcome.stdout.toString()).toBe("line 1\nline 2\nline 3\n");
    expect(outcome.end?.exitCode).toBe(5);
  });

  it("finds a command by its tag and answers not_found for an unknown pid", async () => {
    await collect(agent.processes.start({ ...shell("echo tagged"), tag: "the-tag" }));
    const found = await collect(
      agent.processes.connect({ process: { selector: { case: "tag", value: "the-tag" } } }),
    );
    expect(found.stdout.toString()).toBe("tagged\n");
    const lost = collect(agent.processes.connect({ process: { selector: { case: "pid", value: 99_999 } } }));
    await expect(lost).rejects.toThrow(/\[not_found\]/);
  });
});
