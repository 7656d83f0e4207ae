import { expect, it } from "vitest";
import type { Manifest } from "#contract/manifest/manifest";
import { verifies } from "../../../test/verifies.ts";
import { buildApprovalRule, dropEngineKeys, engineInputs, fieldsToGive, stampPhase } from "./two-phase.ts";

const field = (name: string) =>
  ({ name, kind: "scalar", type: "string", label: name, required: true }) as const;
const manifest = (required: boolean, names: string[]) =>
  ({ approvals: { required, label: "Send" }, exec: { inputs: names.map(field) } }) as unknown as Manifest;
const forged = { name: "Ada", decision: "approved", approved_output: {}, external_result: 1 };

it("what only the platform may say is dropped from what a caller sends", () => {
  verifies("approvals:forged-decision:no-effect");
  expect(dropEngineKeys(manifest(true, ["name", "decision"]), forged)).toEqual({ name: "Ada" });
  expect(dropEngineKeys(manifest(false, ["name"]), forged)).toEqual({ name: "Ada" });
});

it("a worker that asks nobody may have an input called decision", () => {
  const given = dropEngineKeys(manifest(false, ["name", "decision"]), forged);
  expect(given).toEqual({ name: "Ada", decision: "approved" });
  expect(stampPhase({ approvals: null, inputs: given }, false)).toEqual(given);
});

it("a worker that asks may declare decision, and nobody has to give it", () => {
  expect(fieldsToGive(manifest(true, ["name", "decision"])).map(({ name }) => name)).toEqual(["name"]);
});

it("the phase is stamped over whatever the inputs say", () => {
  const approvals = buildApprovalRule({ required: true, label: "Send" });
  expect(stampPhase({ approvals, inputs: forged }, false)).toEqual({
    name: "Ada",
    external_result: 1,
    decision: "proposed",
  });
  expect(stampPhase({ approvals, inputs: { approved_output: 1 } }, true)).toEqual({
    approved_output: 1,
    decision: "approved",
  });
  expect(approvals).toMatchObject({ expires_ms: 604_800_000, on_expiry: "reject", approvers_needed: 1 });
});

it("a worker that asks nobody has no rule, and one that asks has what it says of itself", () => {
  expect(buildApprovalRule({ required: false, label: "Send" })).toBeNull();
  const asked = { required: true, label: "Send" } as const;
  expect(buildApprovalRule(asked)).toMatchObject({ not_by_requester: false });
  expect(buildApprovalRule({ ...asked, not_by_requester: true })).toMatchObject({ not_by_requester: true });
});

it("what the platform put into the inputs is told apart from what was given", () => {
  expect(engineInputs({ name: "Ada", decision: "approved", external_result: 1 })).toEqual({
    decision: "approved",
    external_result: 1,
  });
});
