import { testHost } from "../../test/support/workerd/api-harness.ts";
import { env } from "cloudflare:workers";
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { buildTestSpec } from "../../test/support/workerd/engine-harness.ts";
import { newId } from "../platform/ids.ts";
import { GIVEN_UP } from "../runs/lifecycle/given-up.ts";
import { findRunRows } from "../runs/record/store.ts";
import { runSpecDocument } from "../runs/spec/run-spec.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { WorkerObject } from "./worker-object.ts";
import { numberedId } from "../../test/support/numbered-id.ts";

const bundle = () => env.FILES.put(`bundles/${"b".repeat(64)}.zip`, "zip");

/** A fresh queue and a way to put runs into it. */
function openQueue() {
  const id = env.WORKER_OBJECT.newUniqueId();
  const stub = env.WORKER_OBJECT.get(id) as unknown as DurableObjectStub<WorkerObject>;
  const admit = async (
    change: {
      key?: string;
      digest?: string;
      concurrency?: number;
      onConflict?: "queue" | "skip" | "cancel_previous";
      spec?: RunSpec;
    } = {},
  ) => {
    const spec = change.spec ?? buildTestSpec({ run_id: newId("run", Date.now()) });
    const idempotency = change.key ? { key: change.key, digest: change.digest ?? "d" } : null;
    const places = change.concurrency ?? 2;
    const concurrency = { key: "", limit: places, total: places, on_conflict: change.onConflict ?? "queue" };
    const reply = await stub.admit({ run: spec, idempotency, concurrency });
    return { spec, reply };
  };
  return { stub, admit };
}

const statusOf = async (runId: string) => (await testHost.run(runId).read())?.detail.status;

/** The same as whoever looks at a run sees it: one that waits has no object before. */
const shownBy = (queue: { tell: (runId: string) => Promise<boolean> }) => async (runId: string) => {
  await queue.tell(runId);
  return statusOf(runId);
};

it("runs above the limit wait in order, and the next one starts when a place is free", async () => {
  verifies("queue:order:first-come-first-served");
  await bundle();
  const { stub, admit } = openQueue();
  const runs: string[] = [];
  for (let i = 0; i < 4; i++) runs.push((await admit()).spec.run_id);
  await expect
    .poll(() => Promise.all(runs.map(shownBy(stub))))
    .toEqual(["running", "running", "queued", "queued"]);
  expect(await Promise.all(runs.map((run) => stub.queueWait(run)))).toEqual([
    null,
    null,
    { position: 1, why: "Waiting for its turn: 2 of 2 runs are under way; it is next." },
    { position: 2, why: "Waiting for its turn: 2 of 2 runs are under way; 1 before it." },
  ]);
  await stub.release(runs[1] ?? "");
  await stub.release(runs[1] ?? "");
  await expect
    .poll(() => Promise.all(runs.map(shownBy(stub))))
    .toEqual(["running", "running", "running", "queued"]);
});

it("a run that waits can be cancelled, and then the next one starts in its stead", async () => {
  await bundle();
  const { admit, stub } = openQueue();
  const [first, second, third] = [
    await admit({ concurrency: 1 }),
    await admit({ concurrency: 1 }),
    await admit({ concurrency: 1 }),
  ];
  await expect.poll(() => shownBy(stub)(third.spec.run_id)).toBe("queued");
  await expect.poll(() => shownBy(stub)(second.spec.run_id)).toBe("queued");
  await testHost.run(second.spec.run_id).cancel();
  expect(await statusOf(second.spec.run_id)).toBe("cancelled");
  expect(await statusOf(first.spec.run_id)).toBe("running");
});

it("one key admits one run; the same key with another request is a conflict", async () => {
  const { admit } = openQueue();
  const first = await admit({ key: "k" });
  expect((await admit({ key: "k" })).reply).toEqual({ kind: "repeat", run_id: first.spec.run_id });
  expect((await admit({ key: "k", digest: "other" })).reply).toEqual({ kind: "conflict" });
});

it("a handover that was lost with the object is repeated by its alarm", async () => {
  verifies("queue:handover:repeated");
  await bundle();
  const { stub } = openQueue();
  const spec = buildTestSpec({ run_id: newId("run", Date.now()) });
  // The row as admission left it, the object gone before it spoke to the run.
  await runInDurableObject(stub, (_instance, state) => {
    state.storage.sql.exec(
      "INSERT INTO queued_runs (seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec) VALUES (1, ?, '', 'normal', 0, 1, 0, 2, 2, ?)",
      spec.run_id,
      JSON.stringify(spec),
    );
    return state.storage.setAlarm(Date.now() + 60_000);
  });
  await evictDurableObject(stub);
  expect(await statusOf(spec.run_id)).toBeUndefined();
  await runDurableObjectAlarm(stub);
  await expect.poll(() => statusOf(spec.run_id)).toBe("running");
});

it.each([undefined, "key"])(
  "a run costs its queue three rows, with an idempotency key or without",
  async (key) => {
    verifies("run:budget:rows");
    await bundle();
    const { stub, admit } = openQueue();
    const { spec } = await admit(key === undefined ? {} : { key });
    expect(await stub.release(spec.run_id)).toBeLessThanOrEqual(3);
  },
);

it("a key outlives its run, and is known as long as its run is in the queue, however long that is", async () => {
  await bundle();
  const { stub, admit } = openQueue();
  const first = await admit({ key: "k", concurrency: 1 });
  const waiting = await admit({ key: "later", concurrency: 1 });
  await runInDurableObject(stub, (_object, { storage }) => {
    storage.sql.exec("UPDATE keyed_runs SET expires_at = ? WHERE claim = 'later'", Date.now() - 1);
  });
  await evictDurableObject(stub);
  const repeat = { kind: "repeat", run_id: waiting.spec.run_id };
  expect((await admit({ key: "later" })).reply).toEqual(repeat);
  await stub.release(first.spec.run_id);
  expect((await admit({ key: "k" })).reply).toEqual({ kind: "repeat", run_id: first.spec.run_id });
  await expect.poll(() => statusOf(waiting.spec.run_id)).toBe("running");
  await stub.release(waiting.spec.run_id);
  expect((await admit({ key: "later" })).reply).toMatchObject({ kind: "admitted" });
});

it("a queue that is full refuses, and says which limit", async () => {
  const { stub, admit } = openQueue();
  await runInDurableObject(stub, (_instance, state) => {
    state.storage.sql.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
       INSERT INTO queued_runs (seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec)
       SELECT i, 'run_' || i, '', 'normal', 0, 0, 0, 1, 1, '{}' FROM n`,
    );
    state.storage.sql.exec("INSERT INTO pause (one) VALUES (1)");
  });
  await evictDurableObject(stub);
  expect((await admit()).reply).toEqual({ kind: "full", limit: 10_000 });
});

it("a paused worker starts none of those that wait, an eviction does not resume it, and resuming does", async () => {
  verifies("queue:pause:holds");
  await bundle();
  const { stub, admit } = openQueue();
  await stub.setPaused(true);
  const { spec, reply } = await admit();
  expect(reply).toMatchObject({ kind: "admitted", started: false });
  await evictDurableObject(stub);
  await stub.nudge();
  await expect.poll(() => shownBy(stub)(spec.run_id)).toBe("queued");
  expect((await stub.queueWait(spec.run_id))?.why).toContain("paused");
  await stub.setPaused(false);
  await expect.poll(() => statusOf(spec.run_id)).toBe("running");
});

it("skip answers the run that is there instead of a new one, and uses up no key", async () => {
  verifies("queue:conflict:skip");
  const { admit, stub } = openQueue();
  const first = await admit({ concurrency: 1, onConflict: "skip" });
  const { reply } = await admit({ concurrency: 1, onConflict: "skip", key: "k" });
  expect(reply).toEqual({ kind: "skipped", run_id: first.spec.run_id });
  expect((await admit({ concurrency: 1, onConflict: "skip", key: "k" })).reply).toEqual(reply);
  await stub.release(first.spec.run_id);
  expect((await admit({ concurrency: 1, onConflict: "skip", key: "k" })).reply.kind).toBe("admitted");
});

it("cancel_previous ends the older run, and the newer one starts in its place", async () => {
  verifies("queue:conflict:cancel-previous");
  await bundle();
  const { admit, stub } = openQueue();
  const older = await admit({ concurrency: 1, onConflict: "cancel_previous" });
  await expect.poll(() => statusOf(older.spec.run_id)).toBe("running");
  const newer = await admit({ concurrency: 1, onConflict: "cancel_previous" });
  await expect.poll(() => statusOf(older.spec.run_id)).toBe("cancelled");
  expect((await testHost.run(older.spec.run_id).read())?.detail.error_code).toBe("superseded");
  // In this harness a run's object reports to the queue its spec names, which is another one.
  await stub.release(older.spec.run_id);
  await expect.poll(() => statusOf(newer.spec.run_id)).toBe("running");
});

it("a run whose record cannot be read is given up in the end, is shown as failed, and lets the next one start", async () => {
  verifies("queue:poison:given-up");
  await bundle();
  const { stub, admit } = openQueue();
  const spec = buildTestSpec({ run_id: newId("run", Date.now()) });
  const object = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(spec.run_id));
  await runInDurableObject(object, (_run, { storage }) => storage.kv.put("run", { spec: "unreadable" }));
  await evictDurableObject(object);
  await runInDurableObject(stub, (_object, { storage }) => {
    storage.sql.exec(
      "INSERT INTO queued_runs (seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec) VALUES (1, ?, '', 'normal', 0, 1, 0, 1, 1, ?)",
      spec.run_id,
      JSON.stringify(spec),
    );
    // It was refused for the tenth time ten minutes ago.
    const at = Date.now() - 600_000;
    storage.sql.exec("INSERT INTO refused_runs (run_id, refusals) VALUES (?, ?)", spec.run_id, at);
  });
  await evictDurableObject(stub);
  const next = await admit({ concurrency: 1 });
  expect(next.reply).toMatchObject({ started: false });
  await runDurableObjectAlarm(stub);
  await expect.poll(() => statusOf(next.spec.run_id)).toBe("running");
  const row = await env.DB.prepare("SELECT status, error_code FROM runs WHERE id = ?")
    .bind(spec.run_id)
    .first();
  expect(row).toEqual({ status: "failed", error_code: "internal_error" });
});

it("a part that fails when it is woken is woken again soon, whatever the others wait for", async () => {
  await bundle();
  const { stub, admit } = openQueue();
  await admit();
  const delivery = {
    id: newId("dlv", Date.now()),
    trigger_id: numberedId("trg", 1),
    received_at: Date.now(),
    verdict: "refused" as const,
    reason: null,
    run_id: null,
    external_id: null,
    redelivery_of: null,
    method: "POST",
    headers: {},
    content_type: null,
    ip: null,
    size_bytes: 0,
    query: {},
    stored: false,
    body: null,
  };
  await stub.deliver({ delivery, receipts: [], admit: null });
  await runInDurableObject(stub, (_object, state) => void state.storage.sql.exec("DROP TABLE keys"));
  await runDurableObjectAlarm(stub);
  const at = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
  expect((at ?? Infinity) - Date.now()).toBeLessThan(60_000);
});

it("a run that its worker's object has given up does not begin when its own object is told at last", async () => {
  verifies("queue:given-up:begins-no-more", "queue:silent:given-up");
  await bundle();
  const uid = newId("wrk", Date.now());
  const workspaceId = newId("wsp", Date.now());
  const stub = env.WORKER_OBJECT.get(
    env.WORKER_OBJECT.idFromName(uid),
  ) as unknown as DurableObjectStub<WorkerObject>;
  const spec = buildTestSpec({
    run_id: newId("run", Date.now()),
    worker_id: uid,
    workspace_id: workspaceId,
  });
  const places = { key: "", limit: 1, total: 1, on_conflict: "queue" as const };
  const saidAt = Date.now() - 600_000;
  // What the queue holds of a run whose object has not answered ten times, five minutes after the last of them.
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec(
      "INSERT INTO queued_runs (seq, run_id, key, priority, arrived_at, started, superseded, key_limit, total, spec) VALUES (1, ?, '', 'normal', ?, ?, 0, 1, 1, ?)",
      spec.run_id,
      saidAt,
      saidAt,
      JSON.stringify(runSpecDocument.write(spec)),
    );
    storage.sql.exec("INSERT INTO refused_runs (run_id, refusals) VALUES (?, ?)", spec.run_id, saidAt);
  });
  await evictDurableObject(stub);
  expect(await stub.awaits(newId("run", Date.now()))).toBe(false);
  await stub.admit({
    run: buildTestSpec({ run_id: newId("run", Date.now()), worker_id: uid }),
    idempotency: null,
    concurrency: places,
  });
  await runDurableObjectAlarm(stub);
  const row = async () =>
    (await findRunRows(testHost.db, workspaceId, [spec.run_id])).get(spec.run_id)?.status;
  await expect.poll(row).toBe("failed");
  await expect.poll(() => stub.awaits(spec.run_id)).toBe(false);

  await testHost.run(spec.run_id).accept(spec, true, saidAt);
  await expect.poll(() => statusOf(spec.run_id)).toBe("failed");
  const detail = (await testHost.run(spec.run_id).read())?.detail;
  expect(detail?.failure?.message).toBe(GIVEN_UP);
  expect(detail?.attempts).toMatchObject([{ attempt: 1, started_at: null, error_code: "internal_error" }]);
});
