import type { RunId } from "#contract/ids";
import { platformFiles } from "#contract/manifest/platform-files";
import type { Artifact, Inputs } from "#contract/runs/run";
import { foldPath, whyUnsafePath } from "#contract/safe-path";
import type { Hold, HoldVerdict } from "../lifecycle/hold-state.ts";
import type { InputFile, RunSpec } from "./run-spec.ts";

/** The outputs that an approval lets out: those the approver edited, or those the run proposed. */
export function approvedOutput(hold: Hold, verdict: HoldVerdict): Inputs {
  return verdict.edited_output ?? hold.outcome.outputs ?? {};
}

/** A wait that ended with a verdict that names the run which may act on it. */
export type DecidedHold = Hold & { verdict: HoldVerdict & { follow_up_run_id: RunId } };

/**
 * The files that a run left, each where it was: what was looked at is what is there, byte for byte, since a file is kept
 * under the digest of its content. None takes the place of the script or of Floom's own files.
 */
function handOver(spec: RunSpec, artifacts: readonly Artifact[]): InputFile[] {
  const kept = [spec.entry, ...platformFiles].map(foldPath);
  return artifacts
    .filter(({ path }) => whyUnsafePath(path) === null && !kept.includes(foldPath(path)))
    .map(({ name, path, sha256 }) => ({ name, path, sha256, run_id: spec.run_id }));
}

/**
 * The run that acts on a verdict: the same version and inputs, the files that were left, and what was decided.
 * `approval` is what its phase is recognised by, and is checked against the record of the run that asked before every
 * launch. Pure.
 */
export function buildFollowUp(
  spec: RunSpec,
  { hold, artifacts }: { hold: DecidedHold; artifacts: readonly Artifact[] },
  now: number,
): RunSpec {
  const { verdict } = hold;
  const followUpId = verdict.follow_up_run_id;
  const isApproval = hold.kind === "approval";
  // What came from outside is the word of whoever could send it: they ask for what the follow-up run does.
  const asked = [...(spec.co_requesters ?? []), ...(verdict.answered_by ?? [])];
  const added = isApproval
    ? { decision: "approved", approved_output: approvedOutput(hold, verdict) }
    : { external_result: verdict.external_result };
  const left = handOver(spec, artifacts);
  const others = spec.input_files.filter(({ path }) => !left.some((file) => file.path === path));
  return {
    ...spec,
    run_id: followUpId,
    input_files: [...others, ...left],
    inputs: { ...spec.inputs, ...added },
    co_requesters: [...new Set(asked)],
    trigger_source: isApproval ? "approval" : "webhook",
    trigger_ref: hold.approval_id,
    created_at: now,
    approval: isApproval ? { id: hold.approval_id, run_id: spec.run_id } : null,
  };
}
