import * as z from "zod";
import type { Manifest } from "../manifest/manifest.ts";
import { versionSummarySchema, workerDetailSchema, workerSummarySchema } from "../workers/worker.ts";
import type { VersionSummary, WorkerDetail, WorkerSummary } from "../workers/worker.ts";

/** A worker in a list, with what the clients of the first Floom read besides. */
export const originalWorkerSchema = workerSummarySchema.extend({
  triggers: z.array(z.string()).describe("The kinds of its triggers."),
});
type OriginalWorker = z.input<typeof originalWorkerSchema>;

/** worker.yml in the older shape that those clients read: everything at its top, `runtime` an object. */
const originalConfigSchema = z.looseObject({
  id: z.string(),
  runtime: z.object({
    type: z.string(),
    entrypoint: z.string(),
    runner: z.string(),
    command: z.string(),
    mode: z.string(),
  }),
  secrets: z.array(z.string()),
});

export const originalWorkerDetailSchema = workerDetailSchema.extend({
  triggers: z.array(z.string()),
  config: originalConfigSchema,
});

/** A version, under the names that a commit has. */
export const originalVersionSchema = versionSummarySchema.extend({
  sha: z.string().describe("The same as id."),
  message: z.string(),
  author: z.string(),
  timestamp: z.string(),
  asset_type: z.literal("worker"),
  asset_id: z.string(),
  change_source: z.literal("push"),
});

/** A worker in a list. Pure. */
export function toOriginalWorker(worker: WorkerSummary): OriginalWorker {
  return { ...worker, triggers: listKinds(worker) };
}

const listKinds = (worker: WorkerSummary) => worker.triggers_spec.map(({ type }) => type);

/** A worker, whole. Pure. */
export function toOriginalDetail(worker: WorkerDetail): z.input<typeof originalWorkerDetailSchema> {
  return { ...worker, triggers: listKinds(worker), config: toConfig(worker.config) };
}

function toConfig({ exec, ...manifest }: Manifest): z.input<typeof originalConfigSchema> {
  return {
    ...manifest,
    exec,
    id: manifest.name,
    runtime: {
      type: exec.runtime,
      entrypoint: exec.entry,
      runner: exec.runner,
      command: exec.command,
      mode: exec.mode === "script" ? "pure-script" : exec.mode,
    },
    trigger: manifest.triggers[0] ?? { type: "manual" },
    inputs: exec.inputs,
    outputs: exec.outputs,
    secrets: exec.secrets,
  };
}

/** A version of the worker of this name. Pure. */
export function toOriginalVersion(
  version: VersionSummary,
  worker: string,
): z.input<typeof originalVersionSchema> {
  return {
    ...version,
    sha: version.id,
    message: `Version ${version.number} (${version.manifest_version})`,
    author: version.pushed_by ?? "unknown",
    timestamp: version.created_at,
    asset_type: "worker",
    asset_id: worker,
    change_source: "push",
  };
}
