import { afterAll, beforeAll, expect, it } from "vitest";
import { EventType } from "../gen/filesystem_pb.ts";
import type { FilesystemEvent } from "../gen/filesystem_pb.ts";
import { verifies } from "../../test/verifies.ts";
import { startAgent } from "../../test/support/sandbox-agent/agent-under-test.ts";
import type { AgentUnderTest } from "../../test/support/sandbox-agent/agent-under-test.ts";
import { runShell } from "../../test/support/sandbox-agent/run-shell.ts";

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

const { CREATE, WRITE, REMOVE, RENAME, CHMOD } = EventType;

/** What is told of a script's doing in a folder, each change by its kind and name, up to a file that ends it. */
async function told(script: string, options: { prepare?: string; recursive?: boolean } = {}) {
  const { prepare = "true", recursive = false } = options;
  await runShell(agent, `rm -rf told && mkdir told && cd told && ${prepare}`);
  const { watcherId } = await agent.files.createWatcher({ path: "told", recursive });
  await runShell(agent, `cd told && ${script}; mkdir last`);
  const events = await eventsUntil(watcherId, (seen) => seen.some(({ name }) => name === "last"));
  await agent.files.removeWatcher({ watcherId });
  return events.map(({ type, name }) => [type, name]).slice(0, -1);
}

it("tells what the kernel tells, in its kinds and its order", async () => {
  verifies("conformance:e2b:watch");
  expect(await told("rm a; echo 2 > a", { prepare: "echo 1 > a" })).toEqual([
    [REMOVE, "a"],
    [CREATE, "a"],
    [WRITE, "a"],
  ]);
  expect(await told("touch a", { prepare: "echo 1 > a" })).toEqual([[CHMOD, "a"]]);
  expect(await told("mv a ..", { prepare: "echo 1 > a" })).toEqual([[RENAME, "a"]]);
  expect(await told("mv a b", { prepare: "echo 1 > a" })).toEqual([
    [RENAME, "a"],
    [CREATE, "b"],
  ]);
  expect(await told("chmod 700 .")).toEqual([[CHMOD, "."]]);
});

it("tells of an upload what a watch of E2B's own shows", async () => {
  verifies("conformance:e2b:watch");
  const upload = async (body: string) => {
    await agent.http("POST", "/files?path=uploads/up", {
      headers: { "content-type": "application/octet-stream", "content-length": body.length },
      body,
    });
  };
  await runShell(agent, "mkdir uploads");
  const { watcherId } = await agent.files.createWatcher({ path: "uploads" });
  await upload("1");
  const made = await eventsUntil(watcherId, (seen) => seen.some(({ type }) => type === WRITE));
  expect(made.map(({ type }) => type)).toEqual([CREATE, CHMOD, WRITE]);
  await upload("2");
  const again = await eventsUntil(watcherId, (seen) => seen.some(({ type }) => type === WRITE));
  expect(again.map(({ type }) => type).slice(0, 2)).toEqual([CHMOD, WRITE]);
});

it("loses no first change of a file that was there before its new folder was watched", async () => {
  await runShell(agent, "mkdir grown outside-2; echo 1 > outside-2/x");
  const { watcherId } = await agent.files.createWatcher({ path: "grown", recursive: true });
  await runShell(agent, "mv outside-2 grown/d");
  await eventsUntil(watcherId, (seen) => seen.some(({ name }) => name === "d/x"));
  await runShell(agent, "echo 2 > grown/y; mv grown/y grown/d/x; mkdir grown/last");
  const events = await eventsUntil(watcherId, (seen) => seen.some(({ name }) => name === "last"));
  expect(events.map(({ type, name }) => [type, name])).toEqual([
    [CREATE, "y"],
    [WRITE, "y"],
    [RENAME, "y"],
    [CREATE, "d/x"],
    [CREATE, "last"],
  ]);
});

it("watches one folder for several, and goes on for those who stay", async () => {
  await runShell(agent, "mkdir both");
  const [first, second] = await Promise.all([
    agent.files.createWatcher({ path: "both" }),
    agent.files.createWatcher({ path: "both", recursive: true }),
  ]);
  await runShell(agent, "mkdir both/a");
  for (const { watcherId } of [first, second])
    expect((await eventsUntil(watcherId, (seen) => seen.length > 0)).map(({ name }) => name)).toEqual(["a"]);

  await agent.files.removeWatcher({ watcherId: first.watcherId });
  await runShell(agent, "mkdir both/a/b both/c");
  const names = await eventsUntil(second.watcherId, (seen) => seen.length > 1);
  expect(names.map(({ name }) => name)).toEqual(["a/b", "c"]);
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
