import * as z from "zod";
import { limits } from "#contract/limits";
import type { Artifact } from "#contract/runs/run";
import { buildFailure, isFailureCode } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";
import type { Files } from "../../platform/files.ts";
import { cutMessage } from "../record/build-events.ts";
import type { Executor } from "./executor.ts";
import { runFilePlace } from "../record/run-file-place.ts";
import { checkOutputs } from "./check-outputs.ts";
import type { RunOutcome } from "../lifecycle/run-outcome.ts";
import type { RunSpec } from "../spec/run-spec.ts";

/** What settling looks at: the attempt's result, the files it says it left, and where they may still lie. */
export interface SettleInput {
  spec: RunSpec;
  attempt: number;
  result: RunnerResult;
  artifacts: readonly Artifact[];
  sandboxId: string | null;
  /** The script only proposes: its outputs may still be incomplete. */
  asks?: boolean;
}

export interface SettleDeps {
  files: Files;
  executor: Executor;
}

type RunnerOutputs = NonNullable<RunnerResult["outputs"]>;

/** result.json as scripts write it: outputs under that name, or the outputs themselves. */
const mappingSchema = z.record(z.string(), z.json());

export type Settlement = { kind: "settled"; outcome: RunOutcome } | { kind: "lost" };

function resultFailure(result: RunnerResult): RunFailure {
  const code = result.error_code ?? "execution_error";
  const known = isFailureCode(code) ? code : "worker_reported_error";
  const failure = buildFailure(known, result.error === null ? undefined : cutMessage(result.error));
  return known === code ? failure : { ...failure, code };
}

/** Makes sure that a file the runner named is in storage; fetches it from the sandbox when its upload did not arrive. */
async function ensureStored(
  deps: SettleDeps,
  input: SettleInput,
  file: { path: string; size_bytes: number },
): Promise<boolean> {
  const place = await runFilePlace(input.spec.run_id, input.attempt, file.path);
  if ((await deps.files.runFileSize(place)) === file.size_bytes) return true;
  const body = input.sandboxId ? await deps.executor.openFile(input.sandboxId, file.path) : null;
  if (body === null) return false;
  const fixed = new FixedLengthStream(file.size_bytes);
  await Promise.all([body.pipeTo(fixed.writable), deps.files.putRunFile(place, fixed.readable)]);
  return true;
}

async function readOutputs(deps: SettleDeps, input: SettleInput): Promise<RunnerOutputs | null> {
  if (input.result.outputs) return input.result.outputs;
  const place = await runFilePlace(input.spec.run_id, input.attempt, "result.json");
  const stored = await deps.files.getRunFile(place);
  const body =
    stored?.body ?? (input.sandboxId ? await deps.executor.openFile(input.sandboxId, "result.json") : null);
  if (!body) return null;
  const document = mappingSchema.safeParse(JSON.parse(await new Response(body).text())).data ?? {};
  return mappingSchema.safeParse(document["outputs"] ?? document).data ?? {};
}

/**
 * Turns a reported result into the run's outcome: every file in storage, outputs held against the manifest, large
 * outputs put beside the record. `lost` when files were promised and the sandbox that held them is gone.
 */
export async function settle(deps: SettleDeps, input: SettleInput): Promise<Settlement> {
  for (const artifact of input.artifacts)
    if (!(await ensureStored(deps, input, artifact))) return { kind: "lost" };

  if (input.result.outcome === "failure") {
    const outputs = await keepOutputs(deps, input.spec.run_id, input.result.outputs ?? {});
    return { kind: "settled", outcome: { status: "failed", failure: resultFailure(input.result), outputs } };
  }
  const outputs = await readOutputs(deps, input);
  if (outputs === null) return { kind: "lost" };
  const failure = input.asks ? null : checkOutputs(input.spec.outputs, outputs, input.artifacts);
  const kept = await keepOutputs(deps, input.spec.run_id, outputs);
  return { kind: "settled", outcome: { status: failure ? "failed" : "completed", failure, outputs: kept } };
}

async function keepOutputs(deps: SettleDeps, runId: string, outputs: RunnerOutputs) {
  const json = JSON.stringify(outputs);
  if (json.length <= limits.inline_outputs_bytes.value) return outputs;
  await deps.files.putRunOutputs(runId, json);
  return null;
}
