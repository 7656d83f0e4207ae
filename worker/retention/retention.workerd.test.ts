import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { storageReportSchema } from "#contract/retention/retention";
import { runDetailSchema } from "#contract/runs/run";
import {
  callApi,
  ownerToken,
  ownerWorkspace,
  strangerToken,
  testHost,
} from "../../test/support/workerd/api-harness.ts";
import { putToSleep } from "../../test/support/workerd/eviction.ts";
import {
  countRows,
  countStored,
  DAY,
  endRun,
  expectEnded,
  holdDate,
  houseStubOf,
  keepHouse,
  listKeys,
  listRunIds,
  lookOnce,
  lookUntil,
  owner,
  passTime,
  pushWorker,
  runStubOf,
  startRun,
  statusOf,
} from "../../test/support/workerd/housekeeping.ts";
import { nothing } from "../../test/support/workerd/route-requests.ts";
import { seedThings } from "../../test/support/workerd/seed-things.ts";
import { verifies } from "../../test/verifies.ts";
import { putMissedStart } from "../triggers/missed-store.ts";

holdDate();

it("a run that ended longer ago than the workspace keeps is gone, and answers like one that never was", async () => {
  verifies("retention:runs:gone-everywhere");
  const things = await seedThings(owner, "old-worker");
  const runs = await listRunIds();
  expect(runs).toHaveLength(3);
  await Promise.all(runs.map(endRun));
  passTime(91 * DAY);
  await lookUntil(async () => (await listRunIds()).length === 0);
  expect(await countRows()).toMatchObject({ runs: 0, approvals: 0, workers: 1, versions: 1, triggers: 1 });
  expect(await listKeys("runs/")).toEqual([]);
  expect(await listKeys("bundles/")).toHaveLength(1);
  for (const run of runs) expect(await countStored(runStubOf(run))).toBe(0);
  const asked = ["", "/events", "/logs"].map((path) => callApi("GET", `/api/runs/${things.run}${path}`));
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([404, 404, 404]);
  const replay = await callApi("POST", `/api/runs/${things.run}/replay`, { json: {} });
  expect(replay.status).toBe(404);
  const redrive = await callApi("POST", "/api/deadletters/redrive", { json: { ids: [things.run] } });
  const never = await callApi("POST", "/api/deadletters/redrive", { json: { ids: [nothing.run] } });
  const [ofGone, ofNever] = await Promise.all([redrive.text(), never.text()]);
  expect(ofGone).toContain("not_found");
  expect(ofGone.replaceAll(things.run, nothing.run)).toBe(ofNever);
});

it("missed starts are listed for thirty days where all else is kept, and no longer than anything else", async () => {
  await pushWorker("late");
  const put = (now: number) => {
    const what = { trigger_id: `trg_${now}`, name: "a", code: "b", reason: "c", due_at: now, noted_at: now };
    const { id } = workerRow;
    return putMissedStart(testHost.db, testHost.newId("mis", now), { worker_id: id, ...what });
  };
  const workerRow = (await env.DB.prepare("SELECT id FROM workers").first<{ id: string }>()) ?? { id: "" };
  const count = async () => (await env.DB.prepare("SELECT count(*) AS n FROM missed_starts").first())?.["n"];
  const settings = (days: number | null) =>
    callApi("PATCH", "/api/workspace/settings", { json: { retention_days: days } });
  expect((await settings(null)).status).toBe(200);
  await put(Date.now() - 31 * DAY);
  await put(Date.now() - 20 * DAY);
  await lookOnce();
  expect(await count()).toBe(1);
  expect((await settings(7)).status).toBe(200);
  await lookOnce();
  expect(await count()).toBe(0);
});

it("an upload goes with the last run that may name it", async () => {
  verifies("retention:files:shared-stay");
  await seedThings(owner, "old-worker");
  const runs = await listRunIds();
  await Promise.all(runs.slice(1).map(endRun));
  passTime(95 * DAY);
  await lookOnce();
  await lookUntil(async () => (await listRunIds()).length === 1);
  expect(await listRunIds()).toEqual([runs[0]]);
  expect(await listKeys("uploads/")).toHaveLength(1);
  await endRun(runs[0] ?? "");
  passTime(95 * DAY);
  await lookUntil(async () => (await listKeys("uploads/")).length === 0);
  expect(await countRows()).toMatchObject({ runs: 0, uploads: 0 });
  expect(await listKeys("uploads/")).toEqual([]);
});

it("what waits, runs or is held stays whatever its age, and what is young stays too", async () => {
  verifies("retention:runs:live-untouched");
  const things = await seedThings(owner, "old-worker");
  await endRun(things.otherRun);
  passTime(91 * DAY - 12 * 3_600_000);
  const young = await startRun("old-worker");
  await endRun(young);
  passTime(DAY);
  await lookUntil(async () => !(await listRunIds()).includes(things.otherRun));
  const left = await listRunIds();
  expect(left).toContain(things.run);
  expect(left).toContain(young);
  expect(left).not.toContain(things.otherRun);
  expect(await statusOf(young)).toBe("cancelled");
  expect((await callApi("GET", `/api/runs/${things.run}`)).status).toBe(200);
});

it("a run whose follow-up is kept stays with it, and both go together", async () => {
  verifies("retention:runs:asker-stays");
  const things = await seedThings(owner, "old-worker");
  const approved = await callApi("POST", `/api/runs/${things.run}/approve`, { json: {} });
  expect(approved.status).toBe(200);
  const read = async () =>
    runDetailSchema.parse(await (await callApi("GET", `/api/runs/${things.run}`)).json());
  await expect.poll(async () => (await read()).approval_trail?.follow_up_run_id ?? null).not.toBeNull();
  const followUp = (await read()).approval_trail?.follow_up_run_id ?? "";
  await expect.poll(() => statusOf(followUp)).toBeDefined();
  await endRun(things.otherRun);
  passTime(91 * DAY);
  await lookOnce();
  expect(await listRunIds()).toEqual(expect.arrayContaining([things.run, followUp]));
  expect(await countRows()).toMatchObject({ approvals: 1 });
  await expectEnded(things.run);
  await Promise.all((await listRunIds()).filter((id) => id !== things.run).map(endRun));
  passTime(91 * DAY);
  await lookUntil(async () => (await listRunIds()).length === 0);
  expect(await countRows()).toMatchObject({ runs: 0, approvals: 0 });
});

it("a deletion that stopped between object and row is brought to its end by the next look", async () => {
  verifies("retention:runs:crash-repeats");
  await pushWorker("old-worker");
  const run = await startRun("old-worker");
  await endRun(run);
  expect(await runStubOf(run).forget()).toBe(true);
  await env.FILES.put(`runs/${run}/events.ndjson`, "");
  passTime(91 * DAY);
  await lookOnce();
  expect(await listRunIds()).toEqual([]);
  expect(await listKeys("runs/")).toEqual([]);
});

it("an idle version goes with its bundle; the active one, a pinned one and one of a kept run stay", async () => {
  verifies("retention:versions:idle-go");
  const steps = ["print(1)", "print(2)", "print(3)", "print(4)"];
  for (const script of steps) {
    await pushWorker("old-worker", script);
    passTime(1000);
    if (script === "print(2)") await startRun("old-worker");
  }
  const trigger = await callApi("POST", "/api/workers/old-worker/triggers", {
    json: { type: "webhook", webhook: { signature: { scheme: "none" } }, pinned_version: 3 },
  });
  expect(trigger.status).toBeLessThan(300);
  passTime(91 * DAY);
  await lookOnce();
  const numbers = async () =>
    (await env.DB.prepare("SELECT number FROM versions ORDER BY number").all()).results.map(
      (row) => row["number"],
    );
  expect(await numbers()).toEqual([2, 3, 4]);
  expect(await listKeys("bundles/")).toHaveLength(3);
  const rollback = await callApi("POST", "/api/workers/old-worker/versions/1/activate", { json: {} });
  expect(rollback.status).toBe(404);
  await pushWorker("old-worker", "print(1)");
  expect(await numbers()).toEqual([2, 3, 4, 5]);
});

it("a bundle stays while a version of anybody has it", async () => {
  verifies("retention:files:shared-stay");
  const stranger = await strangerToken();
  await pushWorker("old-worker", "print(1)");
  await pushWorker("old-worker", "print(1)", stranger);
  passTime(1000);
  await pushWorker("old-worker", "print(2)");
  passTime(91 * DAY);
  await lookOnce();
  expect(await countRows()).toMatchObject({ versions: 2 });
  expect(await listKeys("bundles/")).toHaveLength(2);
});

it("a workspace sets its own time within bounds, and no other one's things are touched", async () => {
  verifies("retention:settings:bounds");
  const stranger = await strangerToken();
  const change = (retention_days: unknown) =>
    callApi("PATCH", "/api/workspace/settings", { json: { retention_days } });
  const given = [0, -1, 1.5, 3651, "7", true];
  const refused = await Promise.all(given.map(change));
  expect(refused.map(({ status }) => status)).toEqual(given.map(() => 422));
  expect(await (await change(7)).json()).toMatchObject({ retention_days: 7 });
  const theirs = await callApi("GET", "/api/workspace/settings", { token: stranger });
  expect(await theirs.json()).toMatchObject({ retention_days: 90 });
  await pushWorker("old-worker", "print(1)", stranger);
  const kept = await startRun("old-worker", stranger);
  expect((await callApi("POST", `/api/runs/${kept}/cancel`, { json: {}, token: stranger })).status).toBe(200);
  await pushWorker("old-worker");
  const gone = await startRun("old-worker");
  await endRun(gone);
  passTime(8 * DAY);
  await lookOnce();
  expect(await listRunIds()).toEqual([kept]);
  expect(await (await change(null)).json()).toMatchObject({ retention_days: null });
  const last = await startRun("old-worker");
  await endRun(last);
  passTime(4000 * DAY);
  await lookOnce();
  expect(await listRunIds()).toEqual([kept, last]);
});

it("the report says what is stored and at which look the oldest goes", async () => {
  verifies("retention:report:what-goes-when");
  await seedThings(owner, "old-worker");
  const ask = async (token = ownerToken) =>
    storageReportSchema.parse(await (await callApi("GET", "/api/workspace/storage", { token })).json());
  const report = await ask();
  const runs = report.stored.find(({ kind }) => kind === "runs");
  expect(report).toMatchObject({ retention_days: 90, last_look: null, being_deleted: 0 });
  expect(runs).toMatchObject({ count: 3, size_bytes: null });
  const daysLeft = (Date.parse(runs?.goes_at ?? "") - Date.now()) / DAY;
  expect(daysLeft).toBeGreaterThanOrEqual(90);
  expect(daysLeft).toBeLessThan(91);
  // What nothing but somebody's own deletion takes away.
  await callApi("PUT", "/api/contexts/old-context/files/twice.md", { body: "of old-worker" });
  const staying = (await ask()).stored.filter(({ goes_at }) => goes_at === null);
  expect(staying.map(({ kind, count, size_bytes }) => [kind, count, size_bytes])).toEqual(
    expect.arrayContaining([
      ["contexts", 1, 13],
      ["keys", 1, expect.any(Number)],
    ]),
  );
  const theirs = await ask(await strangerToken());
  expect(theirs.stored.map(({ kind, count }) => [kind, count])).toEqual(
    ["runs", "versions", "uploads", "contexts", "keys"].map((kind) => [kind, 0]),
  );
});

it("a push arms the daily look, and a lost alarm is set again", async () => {
  verifies("retention:house:wakes-by-itself");
  await pushWorker("old-worker");
  const stub = houseStubOf(ownerWorkspace);
  const alarm = () => runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
  const at = (await alarm()) ?? 0;
  expect(at).toBeGreaterThan(Date.now());
  expect(at).toBeLessThanOrEqual(Date.now() + DAY);
  await runInDurableObject(stub, (_, { storage }) => storage.deleteAlarm());
  await putToSleep(stub);
  expect(await alarm()).toBe(at);
  await keepHouse(ownerWorkspace, async () => ((await alarm()) ?? 0) > at + DAY / 2);
  expect(await alarm()).toBe(at + DAY);
});
