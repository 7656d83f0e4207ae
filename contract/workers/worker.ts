import * as z from "zod";
import { workerIdSchema, versionIdSchema } from "../ids.ts";
import {
  fieldSchema,
  manifestFindingSchema,
  manifestSchema,
  manifestTriggerSchema,
} from "../manifest/manifest.ts";
import { runSummarySchema, inputsSchema } from "../runs/run.ts";

/** One file as text, or as base64 when `encoding` says so. */
export const sourceFileSchema = z.strictObject({
  path: z.string(),
  content: z.string(),
  encoding: z.enum(["utf-8", "base64"]).default("utf-8"),
});
export type SourceFile = z.infer<typeof sourceFileSchema>;

export const workerSourceSchema = z.strictObject({
  worker_yml: z.string(),
  run_py: z.string().optional(),
  skill_md: z.string().optional(),
  files: z.array(sourceFileSchema).optional(),
});

export const workerFilesSchema = z.strictObject({ files: z.array(sourceFileSchema).min(1) });

export const workerStatusSchema = z.enum(["ready", "healthy", "needs_attention", "missing_secret", "error"]);

/** An immutable numbered version of a worker: 1, 2, 3 ... `digest` names its bundle by content. */
export const versionSummarySchema = z.object({
  id: versionIdSchema,
  number: z.int().positive(),
  digest: z.string(),
  active: z.boolean(),
  manifest_version: z.string(),
  file_count: z.int(),
  size_bytes: z.int(),
  created_at: z.iso.datetime(),
});
export type VersionSummary = z.infer<typeof versionSummarySchema>;

export const workerSummarySchema = z.object({
  id: z.string().describe("The worker's name, which is its address."),
  uid: workerIdSchema,
  name: z.string().describe("The worker's title."),
  description: z.string(),
  is_example: z.boolean(),
  archived: z.boolean(),
  archive_reason: z.string().nullable(),
  paused: z.boolean().describe("Takes no new runs and starts none of those that wait."),
  stage: z.string(),
  tags: z.array(z.string()),
  folder: z.string().nullable(),
  status: workerStatusSchema,
  trigger_type: z.string(),
  runner: z.string(),
  runtime: z.string(),
  mode: z.enum(["script", "agent"]),
  version: z.int().positive().describe("The active version's number."),
  digest: z.string(),
  last_run: runSummarySchema.nullable(),
  inputs: z.array(fieldSchema),
  triggers_spec: z.array(manifestTriggerSchema),
  visibility: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type WorkerSummary = z.infer<typeof workerSummarySchema>;

export const workerFileSchema = z.object({
  path: z.string(),
  language: z.string(),
  content: z
    .string()
    .nullable()
    .describe("Null for binary files, for text over 256 KiB, and once the answer shows 8 MiB of text."),
  binary: z.boolean(),
  size: z.int(),
});

export const workerDetailSchema = workerSummarySchema.extend({
  enabled: z.boolean(),
  config: manifestSchema,
  manifest_yaml: z.string(),
  run_py: z.string().nullable(),
  skill_md_content: z.string().nullable(),
  files: z.array(workerFileSchema),
  outputs: z.array(fieldSchema),
  recent_runs: z.array(runSummarySchema),
  versions: z.array(versionSummarySchema).describe("The ten newest."),
});
export type WorkerDetail = z.infer<typeof workerDetailSchema>;

/** Answer of every push: what is active now, and whether anything changed. */
export const pushResultSchema = z.object({
  worker: workerSummarySchema,
  version: versionSummarySchema,
  created: z.boolean().describe("The worker is new."),
  changed: z.boolean().describe("A new version was made; false when the same folder was pushed again."),
  warnings: z.array(manifestFindingSchema),
});
export type PushResult = z.infer<typeof pushResultSchema>;

export const validationResultSchema = z.object({
  valid: z.boolean(),
  name: z.string().nullable(),
  findings: z.array(manifestFindingSchema),
  problems: z.array(z.object({ file: z.string(), code: z.string(), message: z.string(), fix: z.string() })),
  manifest: manifestSchema.nullable(),
});
export type ValidationResult = z.infer<typeof validationResultSchema>;

export const listWorkersQuerySchema = z.object({
  include_archived: z.stringbool().default(false),
  include_system: z.stringbool().default(false),
});

export const deleteWorkerQuerySchema = z.object({
  purge: z.stringbool().default(false).describe("Also delete the record of its runs."),
});

export const sampleInputSchema = z.object({ inputs: inputsSchema });

/** Answer of an upload; `id` is what a file input takes as its value. */
export const uploadSchema = z.object({
  id: z.string(),
  sha256: z.string(),
  size: z.int(),
  media_type: z.string(),
  filename: z.string(),
  url: z.string(),
});
export type Upload = z.infer<typeof uploadSchema>;
