import { expect, it } from "vitest";
import type { RunId, WorkerId, WorkerName, WorkspaceId } from "#contract/ids";
import { limits } from "#contract/limits";
import type { RunStatus } from "#contract/runs/run";
import { verifies } from "../../../test/verifies.ts";
import { compareValues } from "../replay/compare-values.ts";
import { editInputs } from "../replay/edit-inputs.ts";
import { isToStartAnew, judgeAllowed, judgeCall } from "./judge-call.ts";
import { originFacts } from "../spec/run-origin.ts";
import type { Caller } from "../spec/run-origin.ts";

const caller: Caller = {
  run_id: "run_1" as RunId,
  workspace_id: "wsp_1" as WorkspaceId,
  worker_id: "wrk_middle" as WorkerId,
  worker_name: "middle" as WorkerName,
  requester: null,
  co_requesters: [],
  calls: ["leaf"],
  most_calls: 50,
  secrets: [],
  created_at: 0,
  callers: ["wrk_top" as WorkerId],
  root_run_id: "run_0" as RunId,
  depth: 1,
  deadline_at: 1000,
  ended: false,
  dry: false,
  replay_of: null,
};
const leaf = { worker_id: "wrk_leaf" as WorkerId, worker_name: "leaf" };

it("a worker may call the ones its manifest lists, and no others", () => {
  verifies("calls:allowed:only-listed");
  expect(judgeAllowed(caller, "leaf")).toBeNull();
  expect(judgeAllowed(caller, "other")).toContain("list it under calls in worker.yml");
});

it("calls go neither in a circle, nor too deep, nor on after the caller's time", () => {
  verifies("calls:limits:depth-cycle-fan-out");
  expect(judgeCall(caller, leaf, 0)).toBeNull();
  expect(judgeCall(caller, { worker_id: "wrk_top" as WorkerId, worker_name: "top" }, 0)).toContain("circle");
  expect(judgeCall(caller, { worker_id: "wrk_middle" as WorkerId, worker_name: "middle" }, 0)).toContain(
    "itself",
  );
  const deepest = { ...caller, depth: limits.call_depth_runs.value };
  expect(judgeCall({ ...caller, depth: deepest.depth - 1 }, leaf, 0)).toBeNull();
  expect(judgeCall(deepest, leaf, 0)).toContain("3 calls deep");
  expect(judgeCall(caller, leaf, 1000)).toContain("time");
});

it("a replay and a plain start of the same inputs are different requests", () => {
  const facts = [{}, { replay_of: "run_1" as RunId }, { replay_of: "run_1" as RunId, dry: true }, { caller }];
  expect(new Set(facts.map((origin) => JSON.stringify(originFacts(origin)))).size).toBe(facts.length);
});

it("edited inputs win over the recorded ones, and null takes one away", () => {
  verifies("replay:inputs:edited-and-checked");
  expect(editInputs({ a: 1, b: 2, c: 3 }, { b: 5, c: null, d: 4 })).toEqual({ a: 1, b: 5, d: 4 });
});

it("values are compared by what they are, not by the order of their members", () => {
  verifies("replay:compare:side-by-side");
  const changes = compareValues(
    { same: { a: 1, b: 2 }, gone: 1, other: 1 },
    { same: { b: 2, a: 1 }, come: 2, other: 3 },
  );
  expect(changes.map(({ name, change }) => [name, change])).toEqual([
    ["come", "only_b"],
    ["gone", "only_a"],
    ["other", "changed"],
    ["same", "same"],
  ]);
});

it("only a later attempt starts a child anew, and only one that ended without completing", () => {
  verifies("calls:retry:failed-child-anew");
  const anew = (status: RunStatus, attempt = 2) => isToStartAnew({ attempt: 1 }, { attempt, status });
  expect((["failed", "cancelled"] as const).map((status) => anew(status))).toEqual([true, true]);
  expect((["queued", "running", "pending_approval", "completed"] as const).some((s) => anew(s))).toBe(false);
  expect([anew("failed", 1), anew("failed", 3)]).toEqual([false, true]);
});
