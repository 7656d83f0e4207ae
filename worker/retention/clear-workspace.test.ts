import { expect, it } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { clearWorkspace } from "./clear-workspace.ts";
import { beginWorkerDuty, beginWorkspaceDuty } from "./duty.ts";
import type { Duty, DutyOf } from "./duty.ts";
import type { DutyPlace } from "./duty-place.ts";
import type { RetentionDeps } from "./retention-deps.ts";

const NOW = Date.parse("2026-03-02T09:00:00Z");
const HOUR = 3_600_000;

/** A workspace in memory. What it is not asked for here is not there: whoever touches it fails. */
function openPlace(
  found: "none" | "kept" | "begun",
  has: { workers?: string[]; runs?: string[]; files?: number; duties?: Duty[] } = {},
) {
  const promised: Duty[] = [];
  const did: string[] = [];
  const deps = {
    clock: () => NOW,
    runs: {
      listFacts: async () =>
        (has.runs ?? []).map((id) => ({ id, worker_id: "wrk", version: 1, completed_at: null })),
    },
    workers: {
      listAfter: async () => (has.workers ?? []).map((id) => ({ id, name: id })),
      listDigests: async () => ["d"],
      removeWorker: async (id: string) => {
        expect(promised, "it is written down before it is done").toContainEqual(
          expect.objectContaining({ kind: "worker", worker_id: id, purge: true }),
        );
        did.push(`removed ${id}`);
      },
    },
    workspace: {
      findDeletion: async () => found,
      deleteSomeFiles: async () => has.files ?? 0,
      eraseStore: async () => void did.push("erased store"),
      eraseConnections: async () => {},
      deleteRows: async () => void did.push("deleted rows"),
    },
  } as unknown as RetentionDeps;
  const place: DutyPlace = {
    deps,
    workspaceId: "wsp",
    promise: (duty) => void promised.push(duty),
    listDuties: () => [...(has.duties ?? []), duty],
    forgetLooks: () => void did.push("forgot looks"),
  };
  const duty = beginWorkspaceDuty(NOW);
  return { place, promised, did };
}

const at = (stage: DutyOf<"workspace">["stage"], since = NOW) => ({ ...beginWorkspaceDuty(since), stage });
const workerDuty = (change: Partial<DutyOf<"worker">> = {}) => ({
  ...beginWorkerDuty({ worker_id: "wrk", worker_name: "w", digests: [], purge: false, since: NOW }),
  ...change,
});

it("a deletion that was announced begins when the workspace is marked, and is dropped when it never is", async () => {
  verifies("retention:workspace:nothing-left");
  const begun = await clearWorkspace(openPlace("begun").place, at("announced"));
  expect(begun).toMatchObject({ next: { stage: "workers" } });
  expect(await clearWorkspace(openPlace("kept").place, at("announced"))).toMatchObject({
    next: { stage: "announced" },
  });
  expect(await clearWorkspace(openPlace("kept").place, at("announced", NOW - HOUR))).toBe("done");
});

it("a workspace that was made anew is never touched, at whatever stage a crash left the old one's deletion", async () => {
  verifies("retention:workspace:nothing-left");
  for (const stage of ["workers", "runs", "files", "rows", "house"] as const) {
    const { place, did } = openPlace("kept", { workers: ["young"], runs: ["run_young"], files: 3 });
    expect(await clearWorkspace(place, at(stage)), stage).toBe("done");
    expect(did).toEqual([]);
  }
});

it("what came while it was being deleted goes too, before the workspace itself does", async () => {
  verifies("retention:workspace:nothing-left");
  for (const late of [{ workers: ["late"] }, { runs: ["run_late"] }, { files: 1 }]) {
    const { place, did } = openPlace("begun", late);
    expect(await clearWorkspace(place, at("rows"))).toMatchObject({ next: { stage: "workers" } });
    expect(did).toEqual([]);
  }
  const { place, did } = openPlace("begun");
  expect(await clearWorkspace(place, at("rows"))).toMatchObject({ next: { stage: "house" } });
  expect(did).toEqual(["forgot looks", "erased store", "deleted rows"]);
});

it("each worker goes with its record, and one whose record was to stay is not waited for", async () => {
  verifies("retention:workspace:nothing-left");
  const { place, did, promised } = openPlace("begun", {
    workers: ["one", "two"],
    duties: [workerDuty({ stage: "stop" }), workerDuty({ worker_id: "wrk_2", stage: "files" })],
  });
  expect(await clearWorkspace(place, at("workers"))).toMatchObject({ next: { stage: "workers" } });
  expect(did).toEqual(["removed one", "removed two"]);
  expect(promised).toMatchObject([
    { worker_id: "wrk", purge: true, stage: "stop" },
    { worker_id: "one" },
    { worker_id: "two" },
  ]);
  const waits = openPlace("begun", { duties: [workerDuty({ stage: "files" })] });
  expect(await clearWorkspace(waits.place, at("workers"))).toMatchObject({ next: { stage: "workers" } });
});

it("the house is given up when nothing is left to be done in it, and not before", async () => {
  verifies("retention:workspace:nothing-left");
  const bundle: Duty = { kind: "bundle", worker_id: "wrk", digest: "d" };
  const waits = openPlace("none", { duties: [bundle] });
  expect(await clearWorkspace(waits.place, at("house"))).toMatchObject({ next: { stage: "house" } });
  expect(await clearWorkspace(openPlace("none").place, at("house"))).toBe("gone");
});

it("a thousand runs go in a few pages, with hardly a pause in between", async () => {
  verifies("retention:workspace:quick");
  const left = Array.from({ length: 1000 }, (_, index) => `run_${index}`);
  const { place } = openPlace("begun");
  const cancelled: string[] = [];
  const runs = {
    ...place.deps.runs,
    listFacts: async ({ limit }: { limit: number }) =>
      left.slice(0, limit).map((id) => ({ id, worker_id: "wrk", version: 1, completed_at: null })),
    cancel: async (id: string) => void cancelled.push(id),
    forget: async () => true,
    deleteRows: async (_workspaceId: string, ids: readonly string[]) => void left.splice(0, ids.length),
  };
  let [pages, pausesMs] = [0, 0];
  let duty: Duty = at("runs");
  while (left.length > 0 && duty.kind === "workspace") {
    const outcome = await clearWorkspace({ ...place, deps: { ...place.deps, runs } }, duty);
    if (typeof outcome === "string") throw new Error("It came to its end before the runs did.");
    duty = outcome.next;
    pages += 1;
    pausesMs += outcome.afterMs;
  }
  expect(cancelled).toHaveLength(1000);
  expect(pages).toBeLessThanOrEqual(10);
  expect(pausesMs).toBeLessThanOrEqual(1000);
});
