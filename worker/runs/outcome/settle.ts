import { limits } from "#contract/limits";
import type { Artifact } from "#contract/runs/run";
import { buildFailure } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";
import type { SecretScan } from "../../platform/redaction/secret-scan.ts";
import type { Files } from "../../platform/files.ts";
import type { Executor } from "../ports/executor.ts";
import { checkOutputs } from "./check-outputs.ts";
import { ensureStored } from "./ensure-stored.ts";
import type { FileSources } from "./ensure-stored.ts";
import { judgeOutputs } from "./judge-outputs.ts";
import { readFailure, readOwnFailure } from "./read-failure.ts";
import { readOutputs } from "./read-outputs.ts";
import type { RunOutcome } from "../lifecycle/run-outcome.ts";
import { edgeProgramOf } from "../spec/edge-program.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** What settling looks at: the attempt's result, the files it says it left, and where they may still lie. */
export interface SettleInput {
  spec: RunSpec;
  result: RunnerResult;
  artifacts: readonly Artifact[];
  sandboxId: string | null;
  /** The script only proposes: its outputs may still be incomplete. */
  asks?: boolean;
  /** Outputs as they may be kept: those of a file came by no journal. */
  mask?: (outputs: RunnerOutputs) => Promise<RunnerOutputs>;
  /** A look at what one file holds, for a run with secrets. */
  scan?: (() => SecretScan) | undefined;
}

export interface SettleDeps {
  files: Files;
  executor: Pick<Executor, "openFile">;
}

export type RunnerOutputs = NonNullable<RunnerResult["outputs"]>;

/** `gone`: what was promised went with its sandbox. `unknown`: nobody knows the sandbox yet in which it may lie. */
export type Settlement = { kind: "settled"; outcome: RunOutcome } | { kind: "gone" } | { kind: "unknown" };

const settled = (outcome: RunOutcome): Settlement => ({ kind: "settled", outcome });

function fail(failure: RunFailure): Settlement {
  return settled({ status: "failed", failure, outputs: {} });
}

/**
 * Turns a reported result into the run's outcome: every file in storage as the record fixes it, outputs held against the
 * manifest, what a function returned against its schema, large outputs put beside the record. Files that are not as the script said are its own failure.
 */
export async function settle(deps: SettleDeps, input: SettleInput): Promise<Settlement> {
  const { spec, result, artifacts, sandboxId } = input;
  const sources: FileSources = { ...deps, runId: spec.run_id, sandboxId, scan: input.scan };
  const faults: string[] = [];
  const secret: string[] = [];
  for (const artifact of artifacts) {
    const verdict = await ensureStored(sources, artifact);
    if (verdict === "gone" || verdict === "unknown") return { kind: verdict };
    if (verdict === "secret") secret.push(artifact.path);
    if (verdict === "missing") faults.push(`${artifact.path} is not there`);
    if (verdict === "other") faults.push(`${artifact.path} holds something else`);
  }
  if (result.outcome === "failure") {
    const outputs = await keepOutputs(deps, spec.run_id, result.outputs ?? {});
    return settled({ status: "failed", failure: failureOf(spec, result), outputs });
  }
  if (faults.length > 0) {
    const message = `Files are not as the script handed them over: ${faults.join("; ")}.`;
    return fail(buildFailure("output_validation_failed", message.slice(0, limits.error_characters.value)));
  }
  if (secret.length > 0) {
    const message = `Files hold the value of a secret and were not kept: ${secret.join(", ")}.`;
    return fail(buildFailure("secret_in_file", message.slice(0, limits.error_characters.value)));
  }
  const reading = await readOutputs(sources, result);
  if (reading.kind === "fault") return fail(reading.failure);
  if (reading.kind !== "read") return reading;
  // What came by the journal is masked already.
  const outputs = result.outputs === null && input.mask ? await input.mask(reading.outputs) : reading.outputs;
  const failure = input.asks ? null : checkOutputs(spec.outputs, outputs, artifacts);
  const kept = await keepOutputs(deps, spec.run_id, outputs);
  const warnings = input.asks || failure ? [] : judgeOutputs(outputSchemaOf(spec), outputs, artifacts);
  const outcome = { status: failure ? ("failed" as const) : ("completed" as const), failure, outputs: kept };
  return settled(warnings.length === 0 ? outcome : { ...outcome, warnings });
}

/** The journal of a sandbox lies in its script's reach; the edge's own does not. */
function failureOf(spec: RunSpec, result: RunnerResult): RunFailure {
  return edgeProgramOf(spec) === null ? readFailure(result) : readOwnFailure(result);
}

/** What the run's function says that it returns; null for a script. */
function outputSchemaOf({ action_schema, output_schema }: RunSpec): RunSpec["output_schema"] {
  return output_schema ?? action_schema?.output_schema ?? null;
}

async function keepOutputs(deps: SettleDeps, runId: string, outputs: RunnerOutputs) {
  const json = JSON.stringify(outputs);
  if (json.length <= limits.inline_outputs_bytes.value) return outputs;
  await deps.files.putRunOutputs(runId, json);
  return null;
}
