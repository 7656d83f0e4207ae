import { env, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { storageReportSchema } from "#contract/retention/retention";
import { runDetailSchema } from "#contract/runs/run";
import { callApi, ownerToken, ownerWorkspace } from "./api-harness.ts";

export const DAY = 86_400_000;
const MINUTE = 60_000;
/** More wake-ups than any test needs. */
const WAKES_MOST = 400;

/** Whose things the tests of retention keep and delete. */
export const owner = { token: ownerToken, workspace_id: ownerWorkspace };

/** Holds the date in each test of a file, so that {@link passTime} may move it, and lets it go afterwards. */
export function holdDate(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Moves the time of the whole edge on. Only the date is held: timers are real. */
export function passTime(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

export const runStubOf = (runId: string) => env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(runId));
export const workerStubOf = (workerId: string) =>
  env.WORKER_OBJECT.get(env.WORKER_OBJECT.idFromName(workerId));
export const storeStubOf = (owner: string) => env.STORE_OBJECT.get(env.STORE_OBJECT.idFromName(owner));
export const auditStubOf = (workspaceId: string) =>
  env.AUDIT_OBJECT.get(env.AUDIT_OBJECT.idFromName(workspaceId));
export const houseStubOf = (workspaceId: string) =>
  env.HOUSEKEEPER_OBJECT.get(env.HOUSEKEEPER_OBJECT.idFromName(workspaceId));

/** Cancels a run, and lets everything that follows from its end come to its end. */
export async function endRun(runId: string): Promise<void> {
  const answer = await callApi("POST", `/api/runs/${runId}/cancel`, { json: {} });
  expect(answer.status).toBe(200);
  await expectEnded(runId);
}

/** What the lists say of a run. */
export async function statusOf(runId: string): Promise<string | undefined> {
  const row = await env.DB.prepare("SELECT status FROM runs WHERE id = ?").bind(runId).first();
  return row?.["status"] as string | undefined;
}

/** Waits for a run's end, and for the look at it that follows its end. */
export async function expectEnded(runId: string): Promise<void> {
  const completed = () => env.DB.prepare("SELECT completed_at FROM runs WHERE id = ?").bind(runId).first();
  await expect.poll(async () => (await completed())?.["completed_at"] ?? null).not.toBeNull();
  await expect
    .poll(async () => {
      passTime(MINUTE);
      await runDurableObjectAlarm(runStubOf(runId));
      return runInDurableObject(runStubOf(runId), (_, { storage }) => storage.getAlarm());
    })
    .toBeNull();
}

/** Lets the housekeeper do what it wakes up for, one wake-up after the other, until `isDone`. */
export async function keepHouse(workspaceId: string, isDone: () => Promise<boolean>): Promise<void> {
  const stub = houseStubOf(workspaceId);
  for (let wakes = 0; wakes < WAKES_MOST; wakes++) {
    if (await isDone()) return;
    const at = await runInDurableObject(stub, (_, { storage }) => storage.getAlarm());
    if (at === null) throw new Error("the housekeeper waits for nothing");
    vi.setSystemTime(Math.max(at, Date.now()));
    await runDurableObjectAlarm(stub);
  }
  throw new Error("the housekeeper does not come to an end");
}

/** Keys of the bucket, in their order. */
export async function listKeys(prefix = ""): Promise<string[]> {
  return (await env.FILES.list({ prefix })).objects.map(({ key }) => key);
}

/** Entries that an object has stored under keys of its own, and rows of its tables. */
export async function countStored(stub: DurableObjectStub): Promise<number> {
  return runInDurableObject(stub, (_, { storage }) => {
    const entries = [...storage.kv.list()].length;
    const tables = storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
      )
      .toArray();
    const rows = tables.map(({ name }) =>
      Number(storage.sql.exec(`SELECT count(*) AS n FROM "${name}"`).one()["n"]),
    );
    return entries + rows.reduce((sum, n) => sum + n, 0);
  });
}

/** Rows of the tables of the database that are about workers and runs, with what is there at all. */
export async function countRows(): Promise<Record<string, number>> {
  const tables = ["workers", "versions", "activations", "runs", "triggers", "approvals", "alerts", "uploads"];
  const counts = await env.DB.batch<{ n: number }>(
    tables.map((table) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`)),
  );
  return Object.fromEntries(tables.map((table, index) => [table, counts[index]?.results[0]?.n ?? -1]));
}

/** The ids of all runs that are listed. */
export async function listRunIds(): Promise<string[]> {
  const { results } = await env.DB.prepare("SELECT id FROM runs ORDER BY id").all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** What the owner's workspace has stored. */
async function readReport() {
  return storageReportSchema.parse(await (await callApi("GET", "/api/workspace/storage")).json());
}

/** Waits for the owner's next look to come to its end, with all that it leaves to be done. */
export async function lookOnce(): Promise<void> {
  const before = (await readReport()).last_look?.at;
  await keepHouse(ownerWorkspace, async () => {
    const { last_look, being_deleted } = await readReport();
    return last_look !== null && last_look.at !== before && being_deleted === 0;
  });
}

/** Pushes a worker whose files depend on `script` alone, as the owner unless told otherwise. */
export async function pushWorker(name: string, script = "print(1)", token = ownerToken): Promise<void> {
  const worker_yml = `schema_version: "0.3"\nname: ${name}\ntitle: T\nversion: "1.0.0"\nexec:\n  entry: run.py\n`;
  const json = { worker_yml, run_py: script };
  const known = await callApi("GET", `/api/workers/${name}`, { token });
  const pushed =
    known.status === 404
      ? await callApi("POST", "/api/workers", { json, token })
      : await callApi("PUT", `/api/workers/${name}`, { json, token });
  expect(pushed.status).toBeLessThan(300);
}

/** Starts a run and waits until it is listed. */
export async function startRun(worker: string, token = ownerToken): Promise<string> {
  const started = await callApi("POST", `/api/workers/${worker}/runs`, { json: {}, token });
  const { id } = runDetailSchema.parse(await started.json());
  await expect.poll(() => statusOf(id)).toBeDefined();
  return id;
}

/** The same, look after look, until `isSo`: a run that has something left to do is met again the day after. */
export async function lookUntil(isSo: () => Promise<boolean>): Promise<void> {
  for (let looks = 0; looks < 6; looks++) {
    await lookOnce();
    if (await isSo()) return;
    // Their alarms stand at times that only the date has reached.
    await Promise.all((await listRunIds()).map((id) => runDurableObjectAlarm(runStubOf(id))));
  }
}
