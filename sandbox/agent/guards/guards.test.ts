import { spawn } from "node:child_process";
import { expect, it, vi } from "vitest";
import { CommandTable } from "../process/command-table.ts";
import { Guards } from "./guards.ts";
import { SocketMemory } from "./socket-memory.ts";

/** A sandbox with nothing allowed: whoever looks ends it. */
function guardNothing(isOwned: boolean) {
  const end = vi.fn<() => never>();
  const guards = new Guards({
    config: { memoryLimitBytes: undefined, inodeLimit: -1 },
    commands: new CommandTable(1024),
    sockets: new SocketMemory({ bufferBytes: 1, ownStreams: () => 0 }),
    isOwned,
    end,
  });
  return { guards, end };
}

it("what the host has started in a sandbox that nobody uses is not looked at, and all is once somebody does", async () => {
  vi.useFakeTimers();
  const child = spawn("sleep", ["60"]);
  try {
    const { guards, end } = guardNothing(false);
    guards.wake();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(end).not.toHaveBeenCalled();
    guards.own();
    await vi.advanceTimersByTimeAsync(200);
    expect(end).toHaveBeenCalledWith("inode_limit", expect.stringContaining("the limit is -1"));
  } finally {
    child.kill();
    vi.useRealTimers();
  }
});
