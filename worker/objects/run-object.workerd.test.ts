import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { testHost } from "../../test/support/workerd/api-harness.ts";
import { buildTestSpec, logEntry } from "../../test/support/workerd/engine-harness.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { newId } from "../platform/ids.ts";
import { verifies } from "../../test/verifies.ts";

const alarmOf = (stub: DurableObjectStub) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());

it("a run whose alarm was lost sets it again as soon as its object is there", async () => {
  verifies("run:alarm:recalled");
  const spec = buildTestSpec({ run_id: newId("run", Date.now()), created_at: Date.now() });
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(spec.run_id));
  await stub.accept(spec, false, Date.now());
  await expect.poll(() => alarmOf(stub)).not.toBeNull();
  await runInDurableObject(stub, (_, { storage }) => storage.deleteAlarm());
  await evictDurableObject(stub);
  await expect.poll(() => alarmOf(stub)).toBeGreaterThan(Date.now());
});

it("whoever waits for the end is told where the run stands and sent no log, and nobody hurries for it", async () => {
  verifies("run:follow:waiting-is-not-watching");
  await env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");
  const spec = buildTestSpec({ run_id: newId("run", Date.now()), created_at: Date.now() });
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(spec.run_id));
  await stub.accept(spec, true, Date.now());
  const post = (offset: number, text: string) =>
    stub.takeJournal({ attempt: 1, launch: 1, offset, body: toJournal([logEntry(text)]) });
  const follow = async (what: string) => {
    const headers = { upgrade: "websocket" };
    const { webSocket } = await stub.fetch(`https://run.internal/follow?after=0&what=${what}`, { headers });
    const types: string[] = [];
    webSocket?.addEventListener("message", ({ data }) => {
      const { events } = JSON.parse(String(data)) as { events: { type: string }[] };
      types.push(...events.map(({ type }) => type));
    });
    webSocket?.accept();
    return types;
  };
  const first = await post(0, "before");
  const awaited = await follow("end");
  const unwatched = await post(first.kind === "answer" ? first.answer.next_offset : 0, "unwatched");
  const watched = await follow("all");
  const hurried = await post(unwatched.kind === "answer" ? unwatched.answer.next_offset : 0, "watched");
  expect(unwatched).toMatchObject({ answer: { flush_ms: 2000 } });
  expect(hurried).toMatchObject({ answer: { flush_ms: 100 } });
  await testHost.run(spec.run_id).cancel();
  await expect.poll(() => awaited.at(-1)).toBe("close");
  await expect.poll(() => watched.at(-1)).toBe("close");
  expect(new Set(awaited)).toEqual(new Set(["status", "close"]));
  expect(watched.filter((type) => type === "log")).toHaveLength(3);
});

it("fifty pages that follow one run are each told every event once, in the same messages, and the record is as with one", async () => {
  verifies("web:run:one-stream-a-tab");
  await env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");
  const follow = async (watchers: number) => {
    const spec = buildTestSpec({ run_id: newId("run", Date.now()), created_at: Date.now() });
    const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(spec.run_id));
    await stub.accept(spec, true, Date.now());
    const told: string[][] = [];
    for (let number = 0; number < watchers; number += 1) {
      const headers = { upgrade: "websocket" };
      const { webSocket } = await stub.fetch("https://run.internal/follow?after=0&what=all", { headers });
      const messages: string[] = [];
      webSocket?.addEventListener("message", ({ data }) => void messages.push(String(data)));
      webSocket?.accept();
      told.push(messages);
    }
    let offset = 0;
    for (const text of ["one", "two", "three"]) {
      const reply = await stub.takeJournal({
        attempt: 1,
        launch: 1,
        offset,
        body: toJournal([logEntry(text)]),
      });
      if (reply.kind === "answer") offset = reply.answer.next_offset;
    }
    await testHost.run(spec.run_id).cancel();
    const lastOf = (messages: readonly string[]) => messages.at(-1)?.includes('"close"');
    await expect.poll(() => told.every(lastOf)).toBe(true);
    return told.map((messages) => messages.flatMap(eventsIn));
  };
  const [alone = []] = await follow(1);
  const many = await follow(50);
  const kinds = (events: readonly { type: string }[]) => events.map(({ type }) => type);
  expect(many).toHaveLength(50);
  for (const events of many) {
    expect(events).toEqual(many[0]);
    expect(events.map(({ seq }) => seq)).toEqual([...new Set(events.map(({ seq }) => seq))]);
  }
  expect(kinds(many[0] ?? []).filter((type) => type === "log")).toHaveLength(3);
  expect(kinds(many[0] ?? [])).toEqual(kinds(alone));
});

function eventsIn(message: string): { seq: number; type: string }[] {
  const { events } = JSON.parse(message) as { events: { seq: number; type: string }[] };
  return events;
}
