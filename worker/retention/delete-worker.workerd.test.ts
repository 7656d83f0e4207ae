import { expect, it } from "vitest";
import { storageReportSchema } from "#contract/retention/retention";
import { callApi, ownerWorkspace, strangerToken, testHost } from "../../test/support/workerd/api-harness.ts";
import {
  countRows,
  countStored,
  DAY,
  endRun,
  holdDate,
  keepHouse,
  listKeys,
  listRunIds,
  owner,
  passTime,
  pushWorker,
  runStubOf,
  startRun,
  statusOf,
  storeStubOf,
  workerStubOf,
} from "../../test/support/workerd/housekeeping.ts";
import { setValue, workerStore } from "../../test/support/workerd/store-calls.ts";
import { findWorkerId, seedAll, settleRuns } from "../../test/support/workerd/seed-all.ts";
import { verifies } from "../../test/verifies.ts";

holdDate();

/** Lets the housekeeper finish what was begun, and every run that it cancels come to its end. */
async function clearOut(): Promise<void> {
  await keepHouse(ownerWorkspace, async () => {
    await settleRuns(ownerWorkspace);
    const report = await callApi("GET", "/api/workspace/storage");
    return storageReportSchema.parse(await report.json()).being_deleted === 0;
  });
}

async function listOf(status: string): Promise<string[]> {
  const statuses = await Promise.all(
    (await listRunIds()).map(async (id) => ({ id, is: await statusOf(id) })),
  );
  return statuses.filter(({ is }) => is === status).map(({ id }) => id);
}

it("a worker deleted with its record leaves nothing in tables, files and objects", async () => {
  verifies("retention:worker:nothing-left");
  const { workerId, runs, things } = await seedAll(owner, "old-worker");
  await setValue(workerStore("old-worker"), "kept", "1");
  const deleted = await callApi("DELETE", "/api/workers/old-worker?purge=true");
  expect(deleted.status).toBe(204);
  await clearOut();
  const counts = await countRows();
  expect(counts).toEqual({
    ...Object.fromEntries(Object.keys(counts).map((table) => [table, 0])),
    uploads: 2,
  });
  // A context is the workspace's: it stays, as other workers may mount it.
  expect((await callApi("GET", `/api/contexts/${things.context}/files/${things.file}`)).status).toBe(200);
  expect((await callApi("DELETE", `/api/contexts/${things.context}`)).status).toBe(204);
  expect((await listKeys()).filter((key) => !/^(?:uploads|bundles)\//.test(key))).toEqual([]);
  for (const run of runs) expect(await countStored(runStubOf(run))).toBe(0);
  expect(await countStored(workerStubOf(workerId))).toBe(0);
  verifies("store:delete:nothing-left");
  expect(await countStored(storeStubOf(workerId))).toBe(0);
  // Uploads, one of them the event of a large delivery, wait for the daily look.
  passTime(91 * DAY);
  await keepHouse(ownerWorkspace, async () => (await listKeys()).length === 0);
  expect(await countRows()).toEqual(Object.fromEntries(Object.keys(counts).map((table) => [table, 0])));
});

it("a worker deleted without its record: what waits is cancelled, what runs goes on, the record stays its time", async () => {
  verifies("retention:worker:record-stays");
  const { runs } = await seedAll(owner, "old-worker");
  // No sandbox can be had here, which counts as under way; the one that asks is held.
  const underWay = await listOf("running");
  const held = await listOf("pending_approval");
  expect([...underWay, ...held].sort()).toEqual(runs);
  expect((await callApi("DELETE", "/api/workers/old-worker")).status).toBe(204);
  await keepHouse(ownerWorkspace, async () => (await listOf("cancelled")).length === held.length);
  expect(await listOf("cancelled")).toEqual(held);
  expect(await listOf("running")).toEqual(underWay);
  await Promise.all(underWay.map(endRun));
  await clearOut();
  expect(await countRows()).toMatchObject({ runs: 4, workers: 0, versions: 0, triggers: 0, alerts: 0 });
  expect(await listKeys("deliveries/")).toEqual([]);
  expect(await listKeys("dependencies/")).toEqual([]);
  expect(await listKeys("outbox/")).toEqual([]);
  expect((await callApi("GET", `/api/runs/${runs[0]}`)).status).toBe(200);
  passTime(91 * DAY);
  await keepHouse(ownerWorkspace, async () => (await listRunIds()).length === 0);
});

it("of two workers that had the same name only the deleted one loses its record", async () => {
  verifies("retention:worker:nothing-left");
  await pushWorker("old-worker");
  const old = await startRun("old-worker");
  expect((await callApi("DELETE", "/api/workers/old-worker?purge=true")).status).toBe(204);
  await pushWorker("old-worker");
  const young = await startRun("old-worker");
  await clearOut();
  expect(await listRunIds()).toEqual([young]);
  expect((await callApi("GET", `/api/runs/${old}`)).status).toBe(404);
  expect(await listKeys("bundles/")).toHaveLength(1);
  expect((await callApi("GET", "/api/workers/old-worker")).status).toBe(200);
});

it("another workspace's worker of the same name is not touched, and cannot be deleted from outside", async () => {
  verifies("retention:worker:nothing-left");
  const stranger = await strangerToken();
  await pushWorker("old-worker", "print(1)", stranger);
  const theirs = await startRun("old-worker", stranger);
  expect((await callApi("DELETE", "/api/workers/old-worker?purge=true")).status).toBe(404);
  await pushWorker("old-worker");
  expect((await callApi("DELETE", "/api/workers/old-worker?purge=true")).status).toBe(204);
  await clearOut();
  passTime(2 * 3_600_000);
  await clearOut();
  expect(await listRunIds()).toEqual([theirs]);
  expect((await callApi("GET", `/api/runs/${theirs}`, { token: stranger })).status).toBe(200);
  const bundle = await callApi("GET", "/api/workers/old-worker/bundle.zip", { token: stranger });
  expect(bundle.status).toBe(200);
});

it("a deletion that was announced and did not happen touches nothing", async () => {
  verifies("retention:worker:nothing-left");
  await pushWorker("old-worker");
  const run = await startRun("old-worker");
  await testHost.housekeeper(ownerWorkspace).clearWorker(ownerWorkspace, {
    kind: "worker",
    worker_id: await findWorkerId("old-worker"),
    worker_name: "old-worker",
    digests: [],
    purge: true,
    since: Date.now(),
    stage: "find",
    open: [],
    below: null,
    left: 0,
  });
  await clearOut();
  expect(await countRows()).toMatchObject({ workers: 1, versions: 1, runs: 1 });
  expect(await statusOf(run)).not.toBe("cancelled");
});
