import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { verifies } from "../../test/verifies.ts";
import { findAnomalies } from "./find-anomalies.ts";
import type { Baseline } from "./find-anomalies.ts";
import { judgeSpending } from "./judge-spending.ts";
import type { WatchedCall } from "./watched-call.ts";

const call = (change: Partial<WatchedCall> = {}): WatchedCall => ({
  event_id: "evt_1",
  workspace_id: "wsp_1",
  worker: { id: "wrk_1", name: "hello" },
  run_id: "run_1",
  tool: "search",
  outcome: "done",
  code: null,
  at: 1,
  ...change,
});

/** What is found in calls of one worker, one after the other. */
function findAll(calls: readonly WatchedCall[]): string[] {
  const used = new Set<string>();
  let known: Baseline = { calls: 0, denials: 0, knowsTool: false };
  return calls.flatMap((one) => {
    const { anomalies, baseline } = findAnomalies(one, { ...known, knowsTool: used.has(one.tool) });
    known = baseline;
    if (baseline.knowsTool) used.add(one.tool);
    return anomalies.map(({ kind, subject }) => `${kind} ${subject}`.trim());
  });
}

const many = (count: number, of: WatchedCall) => Array.from({ length: count }, () => of);
const warmUp = limits.anomaly_warm_up_calls.value;
const denied = call({ outcome: "refused", code: "tier_forbids" });

it("a tool is novel once the worker has made many calls, and only the first time", () => {
  verifies("anomalies:found");
  const send = call({ tool: "send" });
  expect(findAll([...many(warmUp - 1, call()), send])).toEqual([]);
  expect(findAll([...many(warmUp, call()), send, send])).toEqual(["novel_tool send"]);
  expect(
    findAll([...many(warmUp, call()), call({ tool: "send", outcome: "failed", code: "http_500" })]),
  ).toEqual(["novel_tool send"]);
});

it("a tool that is not there is never learnt, however often it is asked for", () => {
  const missing = call({ tool: "other", outcome: "refused", code: "tool_unknown" });
  const { baseline } = findAnomalies(missing, { calls: warmUp, denials: 0, knowsTool: false });
  expect(baseline).toEqual({ calls: warmUp, denials: 1, knowsTool: false });
});

it("refusals in a row are a streak, whichever tools they are of; a call that is made ends it, and what people or chance refuse is none", () => {
  verifies("anomalies:found");
  const other = call({ tool: "send", outcome: "refused", code: "credential_denied" });
  expect(findAll([denied, other])).toEqual([]);
  expect(findAll([denied, other, denied, denied])).toEqual(["denial_streak", "denial_streak"]);
  expect(findAll([denied, denied, call(), denied, denied])).toEqual([]);
  const chance = ["rejected", "expired", "arguments_invalid", "dry_run"].map((code) =>
    call({ outcome: "refused", code }),
  );
  expect(findAll([...chance, ...chance])).toEqual([]);
  expect(findAll([denied, ...chance, denied, denied])).toEqual(["denial_streak"]);
});

it("a call that came too often is a breach of its tool's rate", () => {
  verifies("anomalies:found");
  expect(findAll([call({ outcome: "refused", code: "rate_limited" })])).toEqual(["rate_breach search"]);
});

it("a day is unusual beside at least three that cost something, by a factor, and never for cents", () => {
  verifies("anomalies:found");
  expect(judgeSpending({ today: 100, before: [1, 1] })).toBeNull();
  expect(judgeSpending({ today: 5, before: [1, 1, 1] })).toBeNull();
  expect(judgeSpending({ today: 5.01, before: [1, 1, 1] })).toEqual({ usual: 1 });
  expect(judgeSpending({ today: 0.99, before: [0.01, 0.01, 0.01] })).toBeNull();
});
