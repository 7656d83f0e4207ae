import { expect, it } from "vitest";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { finishRun, newestRunOf } from "../../../test/support/workerd/mcp-runs.ts";
import { addSchedule, missedAt, missStart } from "../../../test/support/workerd/miss-start.ts";
import { askStream, askWire } from "../../../test/support/workerd/mcp-wire.ts";
import type { WireClient } from "../../../test/support/workerd/mcp-wire.ts";
import { verifies } from "../../../test/verifies.ts";

interface MissedPage {
  missed: { id: string }[];
}

interface Page {
  events: { eventId: string; name: string; timestamp: string; data: Record<string, unknown> }[];
  cursor: string;
  truncated: boolean;
  hasMore: boolean;
}

async function poll(name: string, more: object = {}, client: WireClient = {}): Promise<Page> {
  const { result, error } = await askWire("events/poll", { name, cursor: null, ...more }, client);
  expect(error).toBeNull();
  return result as unknown as Page;
}

async function startRun(worker: string): Promise<string> {
  const answer = await callApi("POST", `/api/workers/${worker}/runs`, { json: { inputs: {} } });
  return ((await answer.json()) as { id: string }).id;
}

it("the list of events has one page", async () => {
  expect((await askWire("events/list", {})).result).toMatchObject({ events: expect.any(Array) });
  expect((await askWire("events/list", { cursor: "forged" })).error).toMatchObject({ code: -32602 });
});

it("whoever listens is told of each end once, and of nothing that was over before", async () => {
  await seedWorker("slow");
  const [old, running] = [await startRun("slow"), await startRun("slow")];
  await finishRun(old, 1);
  const begun = await poll("run.finished");
  expect(begun).toMatchObject({ events: [], truncated: false, hasMore: false });
  const quiet = await poll("run.finished", { cursor: begun.cursor });
  expect(quiet.events).toEqual([]);
  const later = await startRun("slow");
  await finishRun(running, 2);
  await callApi("POST", `/api/runs/${later}/cancel`);
  await expect
    .poll(async () =>
      (await poll("run.finished", { cursor: quiet.cursor })).events.map(({ data }) => data["run_id"]),
    )
    .toEqual([running, later]);
  const told = await poll("run.finished", { cursor: quiet.cursor });
  expect(told.events[0]).toMatchObject({
    eventId: `run.finished:${running}`,
    name: "run.finished",
    data: { run_id: running, worker: "slow", status: "completed", url: `http://floom.test/runs/${running}` },
  });
  expect(JSON.stringify(told.events)).not.toContain("inputs");
  expect((await poll("run.finished", { cursor: told.cursor })).events).toEqual([]);
  const failures = await poll("run.failed", { cursor: quiet.cursor });
  expect(failures.events).toEqual([]);
  const first = await poll("run.finished", { cursor: quiet.cursor, maxEvents: 1 });
  expect([first.events.length, first.hasMore]).toEqual([1, true]);
  const second = await poll("run.finished", { cursor: first.cursor, maxEvents: 1 });
  expect(second.events.map(({ data }) => data["run_id"])).toEqual([later]);
  expect((await poll("run.finished", { cursor: quiet.cursor, maxAgeMs: 0 })).events).toEqual([]);
});

it("a run that asks is told with the page on which a person decides", async () => {
  await seedWorker("asking", { approvals: { required: true, label: "Send it" } });
  const { cursor } = await poll("approval.requested");
  const run = await startRun("asking");
  await finishRun(run, "a mail");
  await expect.poll(async () => (await poll("approval.requested", { cursor })).events.length).toBe(1);
  const { events } = await poll("approval.requested", { cursor });
  expect(events[0]?.data).toMatchObject({
    run_id: run,
    label: "Send it",
    decide_at: `http://floom.test/runs/${run}`,
  });
});

it("a cursor is a place and no right: strangers and another worker's address are told nothing by it", async () => {
  await seedWorker("slow");
  await seedWorker("other");
  const { cursor } = await poll("run.finished");
  const run = await startRun("slow");
  await finishRun(run, 1);
  await expect.poll(async () => (await poll("run.finished", { cursor })).events.length).toBe(1);
  const forged = btoa(JSON.stringify({ f: `run_${"0".repeat(26)}`, o: [run], t: [] }));
  for (const client of [{ token: await strangerToken() }, { path: "/mcp/workers/other" }]) {
    for (const text of [cursor, forged])
      expect((await poll("run.finished", { cursor: text }, client)).events).toEqual([]);
  }
  const only = await poll("run.finished", { cursor, arguments: { worker: "other" } });
  expect(only.events).toEqual([]);
  const refused = async (name: string, more: object, client: WireClient = {}) =>
    (await askWire("events/poll", { name, ...more }, client)).error?.code;
  expect(await refused("run.started", {})).toBe(-32023);
  expect(await refused("run.finished", { cursor: "x" })).toBe(-32602);
  expect(await refused("run.finished", { arguments: { nothing: 1 } })).toBe(-32602);
  const away = { path: "/mcp/workers/other" };
  expect(await refused("run.finished", { arguments: { worker: "slow" } }, away)).toBe(-32024);
});

it("a start that a schedule missed is told to who listens to all and to its worker, and to nobody else", async () => {
  verifies("events:missed:every-way");
  const [late, missing] = [await seedWorker("late"), await seedWorker("missing")];
  const triggers = [await addSchedule("late"), await addSchedule("missing")];
  const { cursor } = await poll("schedule.missed");
  await missStart(late);
  await missStart(missing);
  const ids = async (more: object = {}, client: WireClient = {}) =>
    (await poll("schedule.missed", { cursor, ...more }, client)).events.map(({ eventId }) => eventId);
  const both = triggers.map((trigger) => `schedule.missed:${trigger}:${missedAt}`);
  expect((await ids()).toSorted()).toEqual(both.toSorted());
  expect(await ids({ arguments: { worker: "late" } })).toEqual([both[0]]);
  expect(await ids({}, { path: "/mcp/workers/missing" })).toEqual([both[1]]);
  expect(await ids({}, { token: await strangerToken() })).toEqual([]);
  const first = await poll("schedule.missed", { cursor, maxEvents: 1 });
  expect([first.events.length, first.hasMore]).toEqual([1, true]);
  const second = await poll("schedule.missed", { cursor: first.cursor, maxEvents: 1 });
  expect([...first.events, ...second.events].map(({ eventId }) => eventId).toSorted()).toEqual(
    both.toSorted(),
  );
  expect((await poll("schedule.missed", { cursor: second.cursor })).events).toEqual([]);
  const { messages, leave } = await askStream("events/stream", { name: "schedule.missed", cursor });
  const told = () => messages.filter(({ method }) => method === "notifications/events/event");
  await expect.poll(told).toHaveLength(2);
  await leave();
  expect(told().map(({ params }) => params?.["eventId"])).toEqual(expect.arrayContaining(both));
});

it("what was noted long before a cursor's place is told still, by what the cursor says is left", async () => {
  const late = await seedWorker("late");
  await addSchedule("late");
  await missStart(late);
  const listed = async () => (await callApi("GET", "/api/schedules/missed")).json() as Promise<MissedPage>;
  const open = (await listed()).missed.map(({ id }) => id);
  const cursorOf = (ids: string[]) => btoa(JSON.stringify({ f: `mis_${"7".repeat(26)}`, o: ids, t: [] }));
  expect((await poll("schedule.missed", { cursor: cursorOf(open) })).events).toHaveLength(1);
  const stranger = { token: await strangerToken() };
  expect((await poll("schedule.missed", { cursor: cursorOf(open) }, stranger)).events).toEqual([]);
  const none = [`mis_${"u".repeat(26)}`];
  expect((await poll("schedule.missed", { cursor: cursorOf(none) })).events).toEqual([]);
});

it("a stream begins with where it stands, tells what has happened, and ends with whoever leaves", async () => {
  await seedWorker("slow");
  const discovered = await askWire("server/discover");
  expect(discovered.result["capabilities"]).toMatchObject({
    extensions: { "io.modelcontextprotocol/events": {} },
  });
  const listed = await askWire("events/list");
  const delivery = ["poll", "push", "webhook"];
  const names = ["run.finished", "run.failed", "approval.requested", "schedule.missed"];
  expect(listed.result["events"]).toMatchObject(names.map((name) => ({ name, delivery })));
  const { cursor } = await poll("run.finished");
  const run = await startRun("slow");
  expect(await newestRunOf("slow")).toBe(run);
  await finishRun(run, 1);
  await expect.poll(async () => (await poll("run.finished", { cursor })).events.length).toBe(1);
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "a-test", version: "1.0.0" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const answer = await callApi("POST", "/mcp", {
    headers: {
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "events/stream",
    },
    json: { jsonrpc: "2.0", id: 7, method: "events/stream", params: { name: "run.finished", cursor, _meta } },
  });
  const reader = (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  while (!said.includes(`run.finished:${run}`)) said += (await reader.read()).value ?? "";
  await reader.cancel();
  expect(said.indexOf("notifications/events/active")).toBeLessThan(
    said.indexOf("notifications/events/event"),
  );
  expect(said).toContain('"io.modelcontextprotocol/subscriptionId":7');
});
