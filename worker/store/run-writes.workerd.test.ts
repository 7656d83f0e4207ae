import { env } from "cloudflare:workers";
import { runDurableObjectAlarm } from "cloudflare:test";
import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { runDetailSchema } from "#contract/runs/run";
import type { StoreApi } from "./store-api.ts";
import { callApi, runTokenOf, testHost } from "../../test/support/workerd/api-harness.ts";
import { resultEntry } from "../../test/support/workerd/engine-harness.ts";
import { putToSleep } from "../../test/support/workerd/eviction.ts";
import { toJournal } from "../../test/support/workerd/fake-driver.ts";
import { holdDate, passTime } from "../../test/support/workerd/housekeeping.ts";
import { findWorkerId } from "../../test/support/workerd/seed-all.ts";
import {
  count,
  counted,
  deleteValue,
  keysOf,
  pageOf,
  askStore,
  refused,
  runStore,
  setValue,
  sql,
  told,
  valueOf,
  workerStore,
  workspaceStore,
  written,
} from "../../test/support/workerd/store-calls.ts";
import { verifies } from "../../test/verifies.ts";

holdDate();

/** A worker's store as others in the house call it. */
async function openStore(worker: string): Promise<StoreApi> {
  return testHost.store({ kind: "worker", worker_id: await findWorkerId(worker) });
}

const yml = (name: string, more: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: "1.0.0"\n${more}exec:\n  entry: run.py\n`;

async function push(name: string, more = "transactional: true\n"): Promise<void> {
  const json = { worker_yml: yml(name, more), run_py: "print(1)" };
  expect((await callApi("POST", "/api/workers", { json })).status).toBeLessThan(300);
}

const read = async (id: string) =>
  runDetailSchema.parse(await (await callApi("GET", `/api/runs/${id}`)).json());

/** A run whose script is at work, as far as the platform knows. */
async function startRun(worker: string) {
  const answer = await callApi("POST", `/api/workers/${worker}/runs`, { json: {} });
  const { id } = runDetailSchema.parse(await answer.json());
  await expect.poll(async () => (await read(id)).attempt).toBe(1);
  const token = await runTokenOf(id);
  const end = async (change: Parameters<typeof resultEntry>[0] = {}) => {
    const posted = await callApi("POST", `/api/runs/${id}/runner/journal?attempt=1&offset=0`, {
      token,
      headers: { "content-type": "application/x-ndjson" },
      body: toJournal([resultEntry(change)]).slice(),
    });
    expect(posted.status).toBe(200);
  };
  const endedAs = async (status: string) => {
    await expect.poll(async () => (await read(id)).status).toBe(status);
  };
  return { id, token, store: runStore(id, token), shared: runStore(id, token, "workspace"), end, endedAs };
}

const failed = { outcome: "failure", error_code: "execution_error", error: "broke" } as const;

it("a run sees what it has written, nobody else does, and its success keeps all of it once", async () => {
  verifies("store:run:own-writes");
  verifies("store:run:all-or-nothing");
  await push("tx-good");
  const people = workerStore("tx-good");
  await setValue(people, "counter", "41");
  await setValue(people, "gone", "1");
  const run = await startRun("tx-good");
  expect((await written(setValue(run.store, "new", '"mine"'))).staged).toBe(true);
  expect((await counted(count(run.store, { key: "counter" }))).value).toBe("42");
  expect((await deleteValue(run.store, "gone")).status).toBe(204);
  await setValue(run.shared, "tx-shared", "1");
  await told(sql(run.store, "execute", { sql: "CREATE TABLE seen (id INTEGER)" }));
  await told(sql(run.store, "execute", { sql: "INSERT INTO seen VALUES (?)", params: [7] }));
  expect(await valueOf(run.store, "new")).toBe('"mine"');
  expect(await keysOf(run.store)).toEqual(["counter", "new"]);
  expect((await told(sql(run.store, "query", { sql: "SELECT id FROM seen" }))).rows).toEqual([[7]]);
  expect(await keysOf(people)).toEqual(["counter", "gone"]);
  expect(await valueOf(people, "counter")).toBe("41");
  expect((await refused(sql(people, "query", { sql: "SELECT id FROM seen" }))).code).toBe("sql_refused");
  // Somebody else counts meanwhile: both count.
  await count(people, { key: "counter" });
  await run.end();
  await run.endedAs("completed");
  await expect.poll(async () => keysOf(people)).toEqual(["counter", "new"]);
  expect(await valueOf(people, "counter")).toBe("43");
  expect(await valueOf(workspaceStore, "tx-shared")).toBe("1");
  expect((await told(sql(people, "query", { sql: "SELECT id FROM seen" }))).rows).toEqual([[7]]);
  await (await openStore("tx-good")).decide(run.id, 1);
  expect(await valueOf(people, "counter")).toBe("43");
});

it("a run that fails or is cancelled leaves nothing of what it has written", async () => {
  verifies("store:run:all-or-nothing");
  await push("tx-bad");
  const people = workerStore("tx-bad");
  const broken = await startRun("tx-bad");
  await setValue(broken.store, "a", "1");
  await broken.end(failed);
  await broken.endedAs("failed");
  const stopped = await startRun("tx-bad");
  await setValue(stopped.store, "b", "1");
  await callApi("POST", `/api/runs/${stopped.id}/cancel`, { json: {} });
  await stopped.endedAs("cancelled");
  expect(await keysOf(people)).toEqual([]);
  expect((await refused(setValue(stopped.store, "c", "1"))).code).toBe("run_finished");
  expect((await refused(setValue(broken.store, "c", "1"))).code).toBe("run_finished");
});

it("what others have changed meanwhile fails the run that had expected it otherwise, and says so", async () => {
  verifies("store:run:all-or-nothing");
  await push("tx-conflict");
  const people = workerStore("tx-conflict");
  const { version } = await written(setValue(people, "leader", '"nobody"'));
  const run = await startRun("tx-conflict");
  await setValue(run.store, "leader", '"me"', { query: { if_version: version } });
  await setValue(run.store, "trace", "1");
  await setValue(people, "leader", '"somebody"');
  await run.end();
  await run.endedAs("failed");
  const { failure } = await read(run.id);
  expect(failure).toMatchObject({ code: "store_conflict", retryable: true });
  expect(failure?.message).toContain('"leader" was not written');
  expect(await valueOf(people, "leader")).toBe('"somebody"');
  expect(await keysOf(people)).toEqual(["leader"]);
});

it("a repeat of a staged write is none, and a key that another run has used is not written twice", async () => {
  verifies("store:keys:once");
  await push("tx-once");
  const people = workerStore("tx-once");
  const headers = { "idempotency-key": "order-42" };
  const run = await startRun("tx-once");
  const first = await counted(count(run.store, { key: "n" }, headers));
  expect(await counted(count(run.store, { key: "n" }, headers))).toMatchObject({ version: first.version });
  expect((await counted(count(people, { key: "n" }, headers))).value).toBe("1");
  await run.end();
  await run.endedAs("completed");
  expect(await valueOf(people, "n")).toBe("1");
});

it("without the manifest's word a run writes at once, and no more once it has ended", async () => {
  verifies("store:run:fenced");
  await push("direct", "");
  const run = await startRun("direct");
  expect((await written(setValue(run.store, "now", "1"))).staged).toBe(false);
  expect(await valueOf(workerStore("direct"), "now")).toBe("1");
  for (const [attempt, launch, code] of [
    [2, 1, "stale_attempt"],
    [7, 7, "stale_attempt"],
  ] as const) {
    const other = runStore(run.id, await runTokenOf(run.id, attempt, launch));
    expect((await refused(setValue(other, "now", "2"))).code).toBe(code);
    expect((await refused(askStore(other, { method: "GET" }))).code).toBe(code);
  }
  const another = await startRun("direct");
  expect((await refused(setValue(runStore(run.id, another.token), "now", "2"))).status).toBe(401);
  await run.end(failed);
  await run.endedAs("failed");
  expect((await refused(setValue(run.store, "now", "2"))).code).toBe("run_finished");
  expect(await valueOf(workerStore("direct"), "now")).toBe("1");
});

it("a key with a time to live is gone when that is over, and takes no room afterwards", async () => {
  verifies("store:keys:ttl");
  await push("ending", "");
  const people = workerStore("ending");
  await setValue(people, "short", "1", { query: { ttl_seconds: "60" } });
  await setValue(people, "long", "1", { query: { ttl_seconds: "3600" } });
  await count(people, { key: "short" });
  passTime(61_000);
  expect(await valueOf(people, "short")).toBe("not_found");
  expect(await keysOf(people)).toEqual(["long"]);
  expect((await counted(count(people, { key: "fresh" }))).value).toBe("1");
  const stub = env.STORE_OBJECT.get(env.STORE_OBJECT.idFromName(await findWorkerId("ending")));
  await putToSleep(stub);
  await runDurableObjectAlarm(stub);
  const { usage } = await pageOf(askStore(people, { method: "GET" }));
  expect(usage.entries).toBe(2);
});

it("while one run hands its writes over others wait, and what it has prepared is kept whatever expires meanwhile", async () => {
  verifies("store:run:all-or-nothing");
  await push("tx-handover");
  const people = workerStore("tx-handover");
  const { version } = await written(setValue(people, "lease", "1", { query: { ttl_seconds: "60" } }));
  const run = await startRun("tx-handover");
  await setValue(run.store, "lease", "2", { query: { if_version: version } });
  await count(run.store, { key: "n" });
  const store = await openStore("tx-handover");
  const of = { run_id: run.id, attempt: 1, launch: 1 };
  expect(await store.prepare({ ...of, launch: 2 })).toMatchObject({ kind: "conflict" });
  expect(await store.prepare(of)).toEqual({ kind: "ready" });
  expect(await store.prepare(of)).toEqual({ kind: "ready" });
  const busy = await setValue(people, "other", "1");
  expect([busy.status, busy.headers.get("retry-after")]).toEqual([409, "1"]);
  expect(await refused(busy)).toMatchObject({ code: "store_busy", retryable: true });
  expect((await refused(setValue(run.store, "late", "1"))).code).toBe("run_finished");
  expect(await valueOf(people, "lease")).toBe("1");
  const stub = env.STORE_OBJECT.get(env.STORE_OBJECT.idFromName(await findWorkerId("tx-handover")));
  await putToSleep(stub);
  passTime(61_000);
  await store.decide(run.id, 1);
  await store.decide(run.id, null);
  expect([await valueOf(people, "lease"), await valueOf(people, "n")]).toEqual(["2", "1"]);
  expect((await refused(setValue(run.store, "late", "1"))).code).toBe("run_finished");
  expect((await setValue(people, "other", "1")).status).toBe(200);
});

it("a later sandbox of a run takes the place of an earlier one, with what that has written", async () => {
  verifies("store:run:fenced");
  await push("tx-fenced");
  const store = await openStore("tx-fenced");
  const set = (key: string, attempt: number, launch: number) =>
    store.write({
      write: {
        op: "set",
        key,
        kind: "json",
        value: new Uint8Array([49]),
        ttl_seconds: null,
        if_version: null,
      },
      once: null,
      staged: { run_id: "run_fenced", attempt, launch },
    });
  expect((await set("a", 1, 1)).kind).toBe("done");
  expect((await set("b", 1, 2)).kind).toBe("done");
  expect(await set("c", 1, 1)).toMatchObject({ kind: "refused", code: "stale_attempt" });
  expect((await set("d", 2, 1)).kind).toBe("done");
  expect(await set("e", 1, 9)).toMatchObject({ kind: "refused", code: "stale_attempt" });
  expect(await store.prepare({ run_id: "run_fenced", attempt: 1, launch: 2 })).toMatchObject({
    kind: "conflict",
  });
  expect(await store.prepare({ run_id: "run_fenced", attempt: 2, launch: null })).toEqual({ kind: "ready" });
  await store.decide("run_fenced", 2);
  expect(await keysOf(workerStore("tx-fenced"))).toEqual(["d"]);
});

it("a run stages so many writes and no more, and is told so", async () => {
  verifies("store:quota:shown");
  await push("tx-many");
  const store = await openStore("tx-many");
  const staged = { run_id: "run_many", attempt: 1, launch: 1 };
  const write = { op: "increment", key: "n", by: "1", ttl_seconds: null } as const;
  for (let index = 0; index < limits.store_staged_writes.value; index++)
    expect((await store.write({ write, once: null, staged })).kind).toBe("done");
  expect(await store.write({ write, once: null, staged })).toMatchObject({
    kind: "refused",
    code: "store_full",
  });
  const value = new Uint8Array(limits.store_value_bytes.value);
  const set = { op: "set", key: "large", kind: "bytes", value, ttl_seconds: null, if_version: null } as const;
  const large = { run_id: "run_large", attempt: 1, launch: 1 };
  const answers = [];
  for (let index = 0; index < 9; index++)
    answers.push((await store.write({ write: set, once: null, staged: large })).kind);
  expect(answers.filter((kind) => kind === "done").length).toBeLessThan(9);
  expect(await store.prepare(staged)).toEqual({ kind: "ready" });
  await store.decide("run_many", 1);
  expect(await valueOf(workerStore("tx-many"), "n")).toBe(String(limits.store_staged_writes.value));
});
