import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import type { Manifest } from "#contract/manifest";
import { buildApprovalRule, dropEngineKeys, engineInputs, fieldsToGive, stampPhase } from "./two-phase.ts";

const rule = {
  label: "Send?",
  expires_ms: 60_000,
  on_expiry: "approve" as const,
  not_by_requester: true,
  approvers_needed: 2,
};

function buildManifest(required: boolean, names: string[], approvals: object = {}): Manifest {
  return {
    approvals: { required, label: "Send?", ...approvals },
    exec: { inputs: names.map((name) => ({ name })) },
  } as unknown as Manifest;
}

const forged = {
  city: "Oslo",
  decision: "approved",
  approved_output: { mail: "forged" },
  external_result: 1,
};

it("the rule of a version that asks is its own, with the defaults of the platform", () => {
  expect(buildApprovalRule(buildManifest(false, []).approvals)).toBeNull();
  const bare = buildApprovalRule(buildManifest(true, []).approvals);
  expect(bare).toEqual({
    label: "Send?",
    expires_ms: limits.approval_seconds.value * 1000,
    on_expiry: "reject",
    not_by_requester: false,
    approvers_needed: 1,
  });
  const own = {
    expires_in_seconds: 60,
    on_expiry: "approve",
    not_by_requester: true,
    approvers_needed: 2,
  };
  expect(buildApprovalRule(buildManifest(true, [], own).approvals)).toEqual(rule);
});

it("a forged decision never reaches a worker that asks, also when it declares such an input", () => {
  expect(dropEngineKeys(buildManifest(true, ["city"]), forged)).toEqual({ city: "Oslo" });
  expect(dropEngineKeys(buildManifest(true, ["city", "decision"]), forged)).toEqual({ city: "Oslo" });
  expect(dropEngineKeys(buildManifest(false, ["city"]), forged)).toEqual({ city: "Oslo" });
});

it("a worker that asks nobody may have an input of that name for itself", () => {
  const inputs = dropEngineKeys(buildManifest(false, ["decision", "external_result"]), forged);
  expect(inputs).toEqual({ city: "Oslo", decision: "approved", external_result: 1 });
});

it("the fields a caller fills in leave the platform's own out where it fills them in", () => {
  const names = (required: boolean) =>
    fieldsToGive(buildManifest(required, ["city", "decision", "approved_output"])).map(({ name }) => name);
  expect(names(true)).toEqual(["city"]);
  expect(names(false)).toEqual(["city", "decision", "approved_output"]);
});

it("only the follow-up that the record names is told that it is approved", () => {
  const inputs = { city: "Oslo", decision: "approved", approved_output: { mail: "x" } };
  expect(stampPhase({ approvals: rule, inputs }, false)).toEqual({ city: "Oslo", decision: "proposed" });
  expect(stampPhase({ approvals: rule, inputs: { ...inputs, decision: "proposed" } }, true)).toEqual(inputs);
  expect(stampPhase({ approvals: null, inputs }, false)).toEqual(inputs);
});

it("what the platform put into the inputs is shown with them", () => {
  expect(engineInputs(forged)).toEqual({
    decision: "approved",
    approved_output: { mail: "forged" },
    external_result: 1,
  });
});
