import { expect, it } from "vitest";
import type { RunnerResult } from "#contract/runner/runner";
import { readQuestion } from "./question.ts";
import type { ApprovalRule } from "../lifecycle/hold-state.ts";

const rule: ApprovalRule = {
  label: "Send",
  expires_ms: 1000,
  on_expiry: "reject",
  not_by_requester: false,
  approvers_needed: 1,
};

const result = (change: Partial<RunnerResult>): RunnerResult => ({
  type: "result",
  at: 0,
  outcome: "success",
  error_code: null,
  error: null,
  error_raw: null,
  exit_code: 0,
  outputs: {},
  usage: {
    wall_ms: 1,
    cpu_ms: 1,
    max_memory_bytes: 1,
    log_bytes: 0,
  },
  ...change,
});

it.each([
  [
    { label: "Mail Ada", preview: "Hi", preview_type: "email" },
    { label: "Mail Ada", preview: "Hi", preview_type: "email" },
  ],
  [{ preview: { rows: 2 } }, { label: "Send", preview: null, preview_payload: { rows: 2 } }],
  [
    { label: 7, preview: "Hi" },
    { label: "Send", preview: "Hi" },
  ],
  ["Mail Ada?", { label: "Mail Ada?", preview: null }],
  [true, { label: "Send" }],
])("decision_required %j asks for a decision, however it is written", (written, ask) => {
  const reading = readQuestion(result({ decision_required: written as never }), rule);
  expect(reading).toMatchObject({ kind: "asks", ask: { kind: "approval", lasts_ms: 1000, ...ask } });
});

it("nothing is asked by a worker that need not ask, and by a failure", () => {
  const none = { kind: "none" };
  expect(readQuestion(result({ decision_required: { label: "x" } }), null)).toEqual(none);
  expect(readQuestion(result({ decision_required: { label: "x" }, outcome: "failure" }), rule)).toEqual(none);
});

it("a worker that must ask is held whether or not its script asks, with its own label", () => {
  for (const written of [undefined, null, false]) {
    const reading = readQuestion(result(written === undefined ? {} : { decision_required: written }), rule);
    expect(reading).toMatchObject({
      kind: "asks",
      unfinished: false,
      ask: { kind: "approval", label: "Send", preview: null, preview_payload: null },
    });
  }
  const waits = readQuestion(result({ await_external: { key: "k" } }), rule);
  expect(waits).toMatchObject({ kind: "asks", unfinished: true, ask: { kind: "await_external" } });
});

it("a preview that cannot be shown whole is a fault, and so is a wait without a key or an end", () => {
  const large = { preview: "x".repeat(200_000) };
  expect(readQuestion(result({ decision_required: large }), rule)).toMatchObject({ kind: "fault" });
  for (const written of [
    {},
    { key: "" },
    { key: "k", timeout_seconds: 0 },
    { key: "k", timeout_seconds: 1e9 },
    "k",
  ])
    expect(readQuestion(result({ await_external: written }), null)).toMatchObject({ kind: "fault" });

  expect(readQuestion(result({ await_external: { key: "k", timeout_seconds: 5 } }), null)).toMatchObject({
    kind: "asks",
    ask: { kind: "await_external", key: "k", label: "k", lasts_ms: 5000 },
  });
});
