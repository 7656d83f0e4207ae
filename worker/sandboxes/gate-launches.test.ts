import { expect, it } from "vitest";
import type { CapacityApi } from "./capacity-api.ts";
import { saidByOwner } from "../runs/ports/executor.ts";
import type { BuildRequest, Executor, LaunchRequest } from "../runs/ports/executor.ts";
import { gateLaunches } from "./gate-launches.ts";

const request = { runId: "run_1", workspaceId: "wsp_1", lifetimeMs: 1000 } as LaunchRequest;

/** A driver that only counts, behind a gate that answers as it is told. */
function build(claim: CapacityApi["claim"]) {
  const launches: string[] = [];
  const driver: Executor = {
    launch: async ({ runId }) => {
      launches.push(runId);
      return { kind: "launched", sandboxId: "sbx" };
    },
    build: async ({ buildId }) => {
      launches.push(buildId);
      return { kind: "launched", sandboxId: "sbx" };
    },
    openBuilt: async () => ({ kind: "missing" }),
    readJournal: async () => saidByOwner(),
    openFile: async () => ({ kind: "missing" }),
    kill: async () => true,
    killAttempt: async () => true,
  };
  return { launches, gated: gateLaunches(driver, () => ({ claim, release: async () => {} })) };
}

it("a launch happens only when there is room; otherwise it is a wait with its reason", async () => {
  const open = build(async () => ({ kind: "granted" }));
  expect(await open.gated.launch(request)).toEqual({ kind: "launched", sandboxId: "sbx" });
  const shut = build(async () => ({ kind: "wait", reason: "2 of 2", retry_after_ms: 7, full: true }));
  expect(await shut.gated.launch(request)).toEqual({
    kind: "refused",
    code: "e2b_quota_exhausted",
    message: "2 of 2",
    retryAfterMs: 7,
    waits: true,
  });
  expect(shut.launches).toEqual([]);
});

it("when nobody answers it launches all the same: the provider refuses by itself what is too much", async () => {
  const broken = build(() => Promise.reject(new Error("away")));
  expect((await broken.gated.launch(request)).kind).toBe("launched");
});

it("a build of dependencies takes its room like a run, and waits like one", async () => {
  const order = { buildId: "build_1", workspaceId: "wsp_1", lifetimeMs: 1000 } as BuildRequest;
  const open = build(async (claim) => {
    expect(claim).toEqual({ run_id: "build_1", workspace_id: "wsp_1", lifetime_ms: 1000 });
    return { kind: "granted" };
  });
  expect((await open.gated.build(order)).kind).toBe("launched");
  const shut = build(async () => ({ kind: "wait", reason: "2 of 2", retry_after_ms: 7, full: true }));
  expect(await shut.gated.build(order)).toMatchObject({ kind: "refused", waits: true });
  expect(shut.launches).toEqual([]);
});
