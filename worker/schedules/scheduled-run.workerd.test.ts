import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { scheduleCalendarSchema } from "#contract/triggers/calendar";
import { occurrenceSchema, triggerSchema } from "#contract/triggers/trigger";
import { runDetailSchema } from "#contract/runs/run";
import { workerSummarySchema } from "#contract/workers/worker";
import { callApi } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const MINUTE = 60_000;

const source = (name: string, script: string) => ({
  worker_yml: `schema_version: "0.3"
name: ${name}
title: ${name}
description: Does what its test asks for
version: "1.0.0"
exec:
  entry: run.py
  command: python run.py
  inputs: [{name: who, kind: scalar, type: string, required: true}]
triggers: [{type: schedule, cron: "* * * * *", missed: all, inputs: {who: you}}]
`,
  run_py: script,
});

/** A pushed worker that is due every minute, and its object. */
async function scheduledWorker(name: string) {
  const created = await callApi("POST", "/api/workers", { json: source(name, "print(1)") });
  expect(created.status).toBe(201);
  const { worker } = (await created.json()) as { worker: unknown };
  const { uid } = workerSummarySchema.parse(worker);
  const stub = env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(uid));
  const listed = await callApi("GET", `/api/workers/${name}/triggers`);
  const [trigger] = triggerSchema.array().parse(await listed.json());
  return { stub, trigger, minute: Math.floor(Date.now() / MINUTE) * MINUTE };
}

type Stub = Awaited<ReturnType<typeof scheduledWorker>>["stub"];

/** Lets the schedule come due at `dueAt`, by hand, and the alarm go off. */
async function comeDue(stub: Stub, dueAt: number): Promise<void> {
  await runInDurableObject(stub, (_object, state) => {
    state.storage.sql.exec("UPDATE schedules SET next_at = ?", dueAt).toArray();
  });
  await runDurableObjectAlarm(stub);
}

async function occurrences(triggerId: string | undefined) {
  const response = await callApi("GET", `/api/triggers/${triggerId}/occurrences`);
  return occurrenceSchema.array().parse(await response.json());
}

async function runOf(id: string | null | undefined) {
  return runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());
}

it("a due schedule starts a run of the version that is active then, and a pinned one keeps its own", async () => {
  verifies("schedule:version:active-at-its-time");
  const { stub, trigger, minute } = await scheduledWorker("on-the-minute");
  const runDueAt = async (dueAt: number) => {
    await comeDue(stub, dueAt);
    const found = (await occurrences(trigger?.id)).find((one) => Date.parse(one.due_at) === dueAt);
    expect(found).toMatchObject({ status: "started", reason: null });
    return runOf(found?.run_id);
  };
  expect(await runDueAt(minute)).toMatchObject({
    trigger_source: "schedule",
    trigger_ref: trigger?.id,
    version: 1,
    inputs: { who: "you" },
  });
  await callApi("PUT", "/api/workers/on-the-minute", { json: source("on-the-minute", "print(2)") });
  expect((await runDueAt(minute - MINUTE)).version).toBe(2);
  await callApi("PATCH", `/api/triggers/${trigger?.id}`, { json: { pinned_version: 1 } });
  expect((await runDueAt(minute - 2 * MINUTE)).version).toBe(1);
});

it("an alarm that went missing is set again when the object comes back", async () => {
  verifies("schedule:alarm:re-armed");
  const { stub } = await scheduledWorker("re-armed");
  await runInDurableObject(stub, async (_object, state) => {
    await state.storage.deleteAlarm();
    await state.storage.sync();
  });
  await runInDurableObject(stub, (_object, state) => state.abort("evicted")).catch(() => undefined);
  const again = env.WORKER_OBJECT.get(stub.id);
  const alarm = await runInDurableObject(again, (_object, state) => state.storage.getAlarm());
  expect(alarm).not.toBeNull();
});

it("a calendar shows a time that was started with how its run stands, and one that was missed", async () => {
  verifies("schedule:calendar:expected-beside-actual");
  const { stub, trigger, minute } = await scheduledWorker("on-the-calendar");
  await comeDue(stub, minute);
  const [started] = await occurrences(trigger?.id);
  await runInDurableObject(stub, (_object, state) => {
    state.storage.sql
      .exec(
        "INSERT INTO occurrences (trigger_id, due_at, status, code, reason) VALUES (?, ?, 'skipped', 'missed', 'Nothing could start.')",
        trigger?.id,
        minute - MINUTE,
      )
      .toArray();
  });
  const until = new Date(minute + 5 * MINUTE).toISOString();
  const response = await callApi(
    "GET",
    `/api/schedules/calendar?worker_id=on-the-calendar&since=${new Date(minute - MINUTE).toISOString()}&until=${until}`,
  );
  const { slots } = scheduleCalendarSchema.parse(await response.json());
  expect(slots.slice(0, 2)).toMatchObject([
    { state: "missed", run_id: null, reason: "Nothing could start." },
    { state: "started", run_id: started?.run_id, due_at: new Date(minute).toISOString() },
  ]);
  expect(slots[1]?.run_status).not.toBeNull();
  expect(slots.slice(2).every(({ state }) => state === "expected" || state === "waiting")).toBe(true);
});
