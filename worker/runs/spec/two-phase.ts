import type { ActionDefinition } from "#contract/actions/action";
import type { Inputs } from "#contract/runs/run";
import type { Manifest } from "#contract/manifest/manifest";
import { limits } from "#contract/limits";
import type { ApprovalRule } from "../lifecycle/hold-state.ts";

/**
 * The two phases of a worker that asks before it acts. What phase a run is in is told to its script by `decision` in
 * the inputs, and decided by the approval's record alone: nothing that comes in with the inputs counts.
 */
const engineKeys = ["decision", "approved_output", "external_result"] as const;
const isEngineKey = (name: string) => engineKeys.some((key) => key === name);

/** The version's rule for asking people; null when it asks nobody. */
export function buildApprovalRule(approvals: Manifest["approvals"]): ApprovalRule | null {
  if (!approvals.required) return null;
  return {
    label: approvals.label,
    expires_ms: (approvals.expires_in_seconds ?? limits.approval_seconds.value) * 1000,
    on_expiry: approvals.on_expiry ?? "reject",
    not_by_requester: approvals.not_by_requester ?? false,
    approvers_needed: approvals.approvers_needed ?? 1,
    ...(approvals.decide_in_client === true ? { decide_in_client: true } : {}),
  };
}

/**
 * The inputs a caller may set: the platform's own keys are dropped from them, always for a worker that asks, and
 * otherwise unless the worker declares an input of that name for itself.
 */
export function dropEngineKeys(
  manifest: Manifest,
  given: Inputs,
  action: ActionDefinition | null = null,
): Inputs {
  const declared =
    action === null
      ? manifest.exec.inputs.map((field) => field.name)
      : Object.keys(action.input_schema["properties"] ?? {});
  const dropped = (name: string) =>
    isEngineKey(name) && (manifest.approvals.required || !declared.includes(name));
  return Object.fromEntries(Object.entries(given).filter(([name]) => !dropped(name)));
}

/** The fields a caller's inputs are checked against: a worker that asks may declare `decision`, but nobody gives it. */
export function fieldsToGive(manifest: Manifest): Manifest["exec"]["inputs"] {
  const { inputs } = manifest.exec;
  return manifest.approvals.required ? inputs.filter((field) => !isEngineKey(field.name)) : inputs;
}

/** The inputs as a run's script gets them. `approved`: this run is the follow-up that an approval's record names. */
export function stampPhase(
  run: { approvals: ApprovalRule | null; inputs: Inputs },
  approved: boolean,
): Inputs {
  if (!run.approvals) return run.inputs;
  if (approved) return { ...run.inputs, decision: "approved" };
  const { approved_output: _, ...rest } = run.inputs;
  return { ...rest, decision: "proposed" };
}

/** What the platform itself put into a run's inputs; shown with what was given. */
export function engineInputs(inputs: Inputs): Inputs {
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => isEngineKey(name)));
}
