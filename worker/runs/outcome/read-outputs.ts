import * as z from "zod";
import { parseJson } from "#contract/json";
import type { Json } from "#contract/json";
import { formatLimit, limits } from "#contract/limits";
import { buildFailure } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";
import type { RunnerResult } from "#contract/runner/runner";
import { readAtMost } from "../../platform/bytes.ts";
import { sha256Hex } from "../../platform/crypto.ts";
import { openInSandbox } from "./ensure-stored.ts";
import type { FileSources } from "./ensure-stored.ts";

type RunnerOutputs = NonNullable<RunnerResult["outputs"]>;

export type OutputsReading =
  | { kind: "read"; outputs: RunnerOutputs }
  | { kind: "fault"; failure: RunFailure }
  | { kind: "gone" }
  | { kind: "unknown" };

const RESULT_FILE = "result.json";

/** result.json as scripts write it: outputs under that name, or the outputs themselves. */
const mappingSchema = z.record(z.string(), z.json());

/** The outputs of a good end: from the journal, or from the file result.json where they were too large for it. */
export async function readOutputs(sources: FileSources, result: RunnerResult): Promise<OutputsReading> {
  if (result.outputs) return { kind: "read", outputs: result.outputs };
  const found = await openResultFile(sources, result.outputs_sha256);
  if (found.kind === "missing")
    return fault("missing_result", "result.json, in which the outputs were to be, is not there.");
  if (found.kind !== "open") return found;
  const bytes = await readAtMost(found.body, limits.result_bytes.value);
  if (bytes === null) {
    return fault(
      "output_too_large",
      `result.json is larger than the limit of ${formatLimit("result_bytes")}.`,
    );
  }
  const claimed = result.outputs_sha256;
  if (claimed !== undefined && claimed !== (await sha256Hex(bytes)))
    return fault("invalid_result_json", "result.json is not the one that was handed over.");
  return parseOutputs(new TextDecoder().decode(bytes));
}

async function openResultFile(sources: FileSources, sha256: string | undefined) {
  const stored =
    sha256 === undefined ? null : await sources.files.getRunFile({ runId: sources.runId, sha256 });
  return stored ? { kind: "open" as const, body: stored.body } : openInSandbox(sources, RESULT_FILE);
}

/** Outputs from the text of result.json, which lies in the script's reach. Pure. */
export function parseOutputs(text: string): OutputsReading {
  let document: Json;
  try {
    document = parseJson(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "it is not JSON";
    return fault("invalid_result_json", `result.json cannot be read: ${reason}.`);
  }
  const whole = mappingSchema.safeParse(document).data;
  if (!whole) return fault("invalid_result_json", "result.json is not a JSON object.");
  const outputs = mappingSchema.safeParse(whole["outputs"] ?? whole).data;
  return outputs
    ? { kind: "read", outputs }
    : fault("invalid_outputs_shape", "The outputs in result.json are not an object.");
}

function fault(code: Parameters<typeof buildFailure>[0], message: string): OutputsReading {
  return { kind: "fault", failure: buildFailure(code, message) };
}
