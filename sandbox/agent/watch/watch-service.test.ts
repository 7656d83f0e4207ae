import { afterAll, beforeAll, expect, it } from "vitest";
import { EventType } from "../../gen/filesystem_pb.ts";
import type { FilesystemEvent } from "../../gen/filesystem_pb.ts";
import { startAgent } from "../../../test/support/sandbox-agent/agent-under-test.ts";
import type { AgentUnderTest } from "../../../test/support/sandbox-agent/agent-under-test.ts";
import { runShell } from "../../../test/support/sandbox-agent/run-shell.ts";

let agent: AgentUnderTest;
beforeAll(async () => {
  agent = await startAgent();
});
afterAll(async () => agent.stop());

async function eventsUntil(watcherId: string, done: (events: FilesystemEvent[]) => boolean) {
  const seen: FilesystemEvent[] = [];
  while (!done(seen)) seen.push(...(await agent.files.getWatcherEvents({ watcherId })).events);
  return seen;
}

it("queues events for a client that polls, gives each once, and forgets a removed watcher", async () => {
  await agent.files.makeDir({ path: "polled" });
  const { watcherId } = await agent.files.createWatcher({
    path: "polled",
    recursive: true,
    includeEntry: true,
  });
  await runShell(agent, "mkdir -p polled/a/b && echo 12345 > polled/a/b/file");
  const events = await eventsUntil(watcherId, (seen) =>
    seen.some((event) => event.name === "a/b/file" && event.entry?.size === 6n),
  );
  expect(events.filter((event) => event.name === "a" && event.type === EventType.CREATE)).toHaveLength(1);
  expect((await agent.files.getWatcherEvents({ watcherId })).events).toEqual([]);
  await agent.files.removeWatcher({ watcherId });
  await expect(agent.files.getWatcherEvents({ watcherId })).rejects.toThrow(/\[not_found\]/);
});

it("tells a directory moved into the watched tree with everything in it", async () => {
  await runShell(agent, "mkdir -p moved outside/x && touch outside/x/y");
  const { watcherId } = await agent.files.createWatcher({ path: "moved", recursive: true });
  await agent.files.move({ source: "outside", destination: "moved/in" });
  const events = await eventsUntil(watcherId, (seen) => seen.some((event) => event.name === "in/x/y"));
  expect(events.map((event) => event.name)).toEqual(["in", "in/x", "in/x/y"]);
});

it("a move out of the watched directory is a removal", async () => {
  await runShell(agent, "mkdir -p left && touch left/file");
  const { watcherId } = await agent.files.createWatcher({ path: "left" });
  await agent.files.move({ source: "left/file", destination: "elsewhere" });
  const [event] = await eventsUntil(watcherId, (seen) => seen.length > 0);
  expect([event?.name, event?.type]).toEqual(["file", EventType.REMOVE]);
});

it("fails the watch of a directory that is removed, and refuses a missing one and a file", async () => {
  await runShell(agent, "mkdir -p doomed && touch plain");
  const { watcherId } = await agent.files.createWatcher({ path: "doomed" });
  await agent.files.remove({ path: "doomed" });
  await expect(eventsUntil(watcherId, () => false)).rejects.toThrow(
    /\[not_found\] the watched directory is gone/,
  );
  await expect(agent.files.createWatcher({ path: "nothing" })).rejects.toThrow(/\[not_found\]/);
  await expect(agent.files.createWatcher({ path: "plain" })).rejects.toThrow(/\[invalid_argument\]/);
});

it("limits how many watches there may be", async () => {
  const made: string[] = [];
  const makeTooMany = async () => {
    for (let count = 0; count < 65; count += 1)
      made.push((await agent.files.createWatcher({ path: "/tmp" })).watcherId);
  };
  await expect(makeTooMany()).rejects.toThrow(/\[resource_exhausted\]/);
  for (const watcherId of made) await agent.files.removeWatcher({ watcherId });
});
