import { expect, it } from "vitest";
import { toWirePath } from "#contract/floom-wire";
import type { ApprovalId, RunId } from "#contract/ids";
import type { Artifact } from "#contract/runs/run";
import { numberedId } from "../../../test/support/numbered-id.ts";
import { buildSampleSpec } from "../../../test/support/workerd/sample-spec.ts";
import { approvedOutput, buildFollowUp } from "./follow-up.ts";
import type { DecidedHold } from "./follow-up.ts";
import type { RunSpec } from "./run-spec.ts";

const now = 9000;
const approval_id: ApprovalId = numberedId("apr", 1);
const follow_up_run_id: RunId = numberedId("run", 2);
const spec = buildSampleSpec({ run_id: numberedId("run", 1), inputs: { city: "Rome", decision: "none" } });

/** A question that was answered. */
function decided(
  change: Partial<DecidedHold> = {},
  verdict: Partial<DecidedHold["verdict"]> = {},
): DecidedHold {
  return {
    kind: "approval",
    approval_id,
    label: "Send",
    preview: null,
    preview_type: null,
    preview_payload: null,
    link_token: null,
    key: null,
    requester: null,
    since: 1000,
    expires_at: 5000,
    on_expiry: "reject",
    not_by_requester: false,
    approvers_needed: 1,
    parked: true,
    outcome: { status: "completed", failure: null, outputs: { mail: "as proposed" } },
    votes: [],
    ...change,
    verdict: {
      status: "approved",
      at: 2000,
      reason: null,
      edited_output: null,
      annotations: null,
      external_result: null,
      follow_up_run_id,
      ...verdict,
    },
  };
}

const artifact = (path: string, sha256 = "a".repeat(64)): Artifact => ({
  id: numberedId("art", 1),
  run_id: spec.run_id,
  name: `the ${path}`,
  type: "text/plain",
  kind: "output",
  ...toWirePath(path),
  size_bytes: 3,
  sha256,
  created_at: "2026-03-02T09:00:00.000Z",
});
const follow = (hold: DecidedHold, of: RunSpec = spec, artifacts: readonly Artifact[] = []) =>
  buildFollowUp(of, { hold, artifacts }, now);

it("what is let out is what the approver edited, or else what the run proposed, or else nothing", () => {
  const hold = decided();
  expect(approvedOutput(hold, hold.verdict)).toEqual({ mail: "as proposed" });
  expect(approvedOutput(hold, { ...hold.verdict, edited_output: { mail: "edited" } })).toEqual({
    mail: "edited",
  });
  const silent = decided({ outcome: { status: "completed", failure: null, outputs: null } });
  expect(approvedOutput(silent, silent.verdict)).toEqual({});
});

it("an approved run goes on as the same version with the same inputs, and with what was approved", () => {
  expect(follow(decided({}, { edited_output: { mail: "edited" } }))).toEqual({
    ...spec,
    run_id: follow_up_run_id,
    inputs: { city: "Rome", decision: "approved", approved_output: { mail: "edited" } },
    trigger_source: "approval",
    trigger_ref: approval_id,
    created_at: now,
    approval: { id: approval_id, run_id: spec.run_id },
  });
});

it("what came from outside is no approval: the run gets the result, and those who may have sent it ask for it", () => {
  const hold = decided(
    { kind: "await_external", key: "paid" },
    { external_result: { paid: true }, answered_by: ["tok_2", "tok_1"] },
  );
  expect(follow(hold, { ...spec, co_requesters: ["tok_1"] })).toEqual({
    ...spec,
    run_id: follow_up_run_id,
    inputs: { city: "Rome", decision: "none", external_result: { paid: true } },
    co_requesters: ["tok_1", "tok_2"],
    trigger_source: "webhook",
    trigger_ref: approval_id,
    created_at: now,
    approval: null,
  });
});

it("an approver asks for nothing: nobody is added to those who do", () => {
  expect(follow(decided()).co_requesters).toEqual([]);
  expect(follow(decided(), { ...spec, co_requesters: ["tok_1"] }).co_requesters).toEqual(["tok_1"]);
});

it("the files that were left are where they were, in the place of what was given under the same name", () => {
  const given = (path: string) => ({ name: path, path, sha256: "b".repeat(64) });
  const { input_files } = follow(
    decided(),
    { ...spec, input_files: [given("in/a.csv"), given("out/b.csv")] },
    [artifact("out/b.csv"), artifact("out/c.csv")],
  );
  expect(input_files).toEqual([
    given("in/a.csv"),
    { name: "the out/b.csv", path: "out/b.csv", sha256: "a".repeat(64), run_id: spec.run_id },
    { name: "the out/c.csv", path: "out/c.csv", sha256: "a".repeat(64), run_id: spec.run_id },
  ]);
});

it("no file that was left takes the place of the script, of Floom's own files, or of anything outside", () => {
  const paths = ["run.py", "RUN.py", "inputs.json", "Inputs.json", "../x", "/etc/passwd", "ok.txt"];
  const { input_files } = follow(
    decided(),
    spec,
    paths.map((path) => artifact(path)),
  );
  expect(input_files.map(({ path }) => path)).toEqual(["ok.txt"]);
});
