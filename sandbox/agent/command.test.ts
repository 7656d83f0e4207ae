import { expect, it } from "vitest";
import { askAgent } from "../../test/support/sandbox-agent/ask-agent.ts";

const endOf = (status: number, reason: string | null = null): unknown =>
  askAgent("from agent.command import describe_end\nanswer = describe_end(*given)", [status, reason]);

it("says nothing of an error after exit code 0", () => {
  expect(endOf(0)).toEqual({ exitCode: null, exited: true, status: "exit status 0", error: null });
});

it("names an exit code and a signal as Go does", () => {
  expect(endOf(3 << 8)).toMatchObject({ exitCode: 3, error: "exit status 3" });
  const killed = { exitCode: -1, exited: null, status: "signal: killed", error: "signal: killed" };
  expect(endOf(9)).toEqual(killed);
  expect(endOf(11)).toMatchObject({ status: "signal: segmentation fault" });
});

it("adds the guard's reason to the error, not to the status", () => {
  const end = { status: "exit status 137", error: "exit status 137 (memory limit reached)" };
  expect(endOf(137 << 8, "memory limit reached")).toMatchObject(end);
});

it("an agent that is not the first process of a sandbox ends nothing: around it everything is somebody else's", () => {
  expect(() => askAgent("from agent.spawn import end_others\nanswer = end_others()")).toThrow(
    "only the first process",
  );
});

it("a script can read where it is in E2B's files", () => {
  const files = askAgent(
    "from agent.environment import identity_files\nanswer = identity_files('iabc', 'base')",
  );
  expect(files).toEqual({
    "/run/e2b/.E2B_SANDBOX": "true",
    "/run/e2b/.E2B_SANDBOX_ID": "iabc",
    "/run/e2b/.E2B_TEMPLATE_ID": "base",
    "/.e2b": "ENV_ID=base\nTEMPLATE_ID=base\n",
  });
});

it("what the host has started in a sandbox that nobody uses is not looked at, and all is once somebody does", () => {
  const told = askAgent(`
from agent.command import CommandTable
from agent.config import AgentConfig
from agent.guards import Guards
from agent.loop import Loop
from agent.memory_use import SocketMemory
loop = Loop()
timers = []
loop.after = lambda seconds, act: timers.append(act)
ended = []
config = AgentConfig({"limits": {"inodes": -1}})
guards = Guards(loop, config, CommandTable(loop, 1024), SocketMemory(1, lambda: 0), lambda *why: ended.append(why))
guards.wake()
before = len(timers)
guards.own()
timers[0]()
answer = [before, ended[0][0]]`);
  expect(told).toEqual([0, "inode_limit"]);
});
