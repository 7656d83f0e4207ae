import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { logPageSchema, runDetailSchema } from "#contract/runs/run";
import { callApi, ownerWorkspace, testHost } from "../../../test/support/workerd/api-harness.ts";
import { start, withStoredRun } from "../../../test/support/workerd/engine-harness.ts";
import { verifies } from "../../../test/verifies.ts";
import named from "../../../test/fixtures/documents/v0.1.0.json";
import others from "../../../test/fixtures/documents/v0.1.0-runs.json";
import rows from "../../../test/fixtures/documents/v0.1.0-rows.json";
import { Meter } from "../../platform/objects/meter.ts";
import { ChildCalls } from "../engine/child-calls.ts";
import { RunStorage } from "./run-storage.ts";

type Entries = [key: string, value: unknown][];

/** The parts of a stored run that a test asks for. */
interface StoredHead {
  spec: { run_id: string; workspace_id: string };
  state: { phase: string };
  milestones: { type: string; status?: string }[];
}

const fixtures: Record<string, unknown> = { ...named, ...others };
const runs = Object.entries(fixtures).flatMap(([name, entries]): [string, Entries][] =>
  Array.isArray(entries) ? [[name, entries as Entries]] : [],
);

function headOf(entries: Entries): StoredHead {
  const [, head] = entries.find(([key]) => key === "run") ?? [];
  return head as StoredHead;
}

/** What people were told last, when the earlier version still ran. */
function lastStatus(entries: Entries): string {
  return headOf(entries).milestones.findLast(({ type }) => type === "status")?.status ?? "queued";
}

/** Puts entries into the object of their run, as one of the owner's. */
async function storeRun(entries: Entries): Promise<string> {
  const { run_id: runId, workspace_id: workspaceId } = headOf(entries).spec;
  const ours: Entries = JSON.parse(JSON.stringify(entries).replaceAll(workspaceId, ownerWorkspace));
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.idFromName(runId));
  await runInDurableObject(stub, (_instance, { storage }) => {
    for (const [key, value] of ours) storage.kv.put(key, value);
  });
  // An object that is there already knows of no run: it comes back as one that wakes up does.
  await evictDurableObject(stub);
  return runId;
}

it.each(runs)("a run of an earlier version is shown as it was: %s", async (_name, entries) => {
  verifies("run:upgrade:stored-documents");
  await withStoredRun(entries, async ({ engine }) => {
    expect(engine.view()?.detail.status).toBe(lastStatus(entries));
  });
});

const ended = runs.filter(([, entries]) => headOf(entries).state.phase === "ended");

it.each(ended)(
  "a run that had ended is shown by the API with its outputs and its log: %s",
  async (name, entries) => {
    verifies("run:upgrade:stored-documents");
    const runId = await storeRun(entries);
    await env.FILES.put(`runs/${runId}/events.ndjson`, rows["events.ndjson"]);
    if (name === "run-with-large-outputs") await testHost.files.putRunOutputs(runId, rows["outputs.json"]);
    const detail = runDetailSchema.parse(await (await callApi("GET", `/api/runs/${runId}`)).json());
    expect(detail).toMatchObject({ id: runId, status: lastStatus(entries) });
    if (name === "run-with-large-outputs") expect(detail.outputs).toEqual(JSON.parse(rows["outputs.json"]));
    const log = logPageSchema.parse(await (await callApi("GET", `/api/runs/${runId}/logs`)).json());
    if (name === "run-with-archived-log") expect(log.logs.map(({ message }) => message)).toContain("one");
  },
);

it("the calls of a run are found under their keys, and more can be made", async () => {
  verifies("run:upgrade:stored-documents");
  const entries = named["run-with-calls"] as Entries;
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage: { kv } }) => {
    for (const [key, value] of entries) kv.put(key, value);
    const calls = new ChildCalls(kv, new Meter(() => start));
    expect(calls.list().map(({ key, seq }) => [key, seq])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    const [first, second] = calls.list();
    if (!first || !second) throw new Error("The fixture lost its calls.");
    const more = { replaces: null, most: 50 };
    expect(calls.reserve({ ...first, ...more })).toEqual({ kind: "kept", call: first });
    expect(calls.reserve({ ...second, key: "c", ...more })).toMatchObject({ kind: "kept" });
    expect(calls.find("c")?.seq).toBe(3);
  });
});

it("a run whose record a newer version wrote is refused by name, and nothing is written over it", async () => {
  verifies("run:upgrade:newer-documents");
  const younger = (entries: Entries, at: string): Entries =>
    entries.map(([key, value]) => [key, key.startsWith(at) ? { ...(value as object), schema: 9 } : value]);
  const head = younger(named["ended-run"] as Entries, "run");
  const refusal = /stored run record is of version 9, and this Floom knows it up to version 2/;
  await expect(withStoredRun(head, async () => {})).rejects.toThrow(refusal);
  const answer = await callApi("GET", `/api/runs/${await storeRun(head)}`);
  expect(answer.status).toBe(500);
  const stub = env.RUN_OBJECT.get(env.RUN_OBJECT.newUniqueId());
  await runInDurableObject(stub, (_instance, { storage: { kv } }) => {
    const all = younger(younger(named["ended-run"] as Entries, "part:"), "run");
    for (const [key, value] of all) kv.put(key, value);
    const storage = new RunStorage(kv, new Meter(() => start));
    expect(() => storage.eventsAfter(0, 10)).toThrow(/part of a run's journal is of version 9/);
    expect(() => storage.tally(1)).toThrow(/part of a run's journal is of version 9/);
    expect(() => storage.load()).toThrow(refusal);
    expect(new Map(kv.list())).toEqual(new Map(all));
  });
});
