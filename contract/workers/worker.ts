import * as z from "zod";
import { workerModeSchema } from "../worker-mode.ts";
import { versionStateSchema } from "../trust/version-state.ts";
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
  executable: z.boolean().optional().describe("Has its executable bit set; `.sh` files always have."),
});
export type SourceFile = z.infer<typeof sourceFileSchema>;

export const workerSourceSchema = z.strictObject({
  worker_yml: z.string().optional().describe("May be left out for typed Python functions."),
  run_py: z.string().optional(),
  skill_md: z.string().optional(),
  files: z.array(sourceFileSchema).optional(),
});

export const workerFilesSchema = z.strictObject({ files: z.array(sourceFileSchema).min(1) });

export const workerStatusSchema = z.enum(["ready", "healthy", "needs_attention", "missing_secret", "error"]);

/** An immutable numbered version of a worker: 1, 2, 3 ... `digest` names its bundle by content. */
export const versionSummarySchema = z.object({
  not_activated: z
    .string()
    .optional()
    .describe("Of a version that deploy.gate evaluated: why it was not activated then. Absent for all else."),
  id: versionIdSchema,
  number: z.int().positive(),
  digest: z.string(),
  active: z.boolean(),
  manifest_version: z.string(),
  file_count: z.int(),
  size_bytes: z.int(),
  created_at: z.iso.datetime(),
  pushed_by: z.string().nullable().describe("Id of the token that pushed it."),
  state: versionStateSchema,
  decided_by: z.string().nullable().describe("Who let it in, refused it or took it out of use."),
  decision_reason: z.string().nullable(),
});
export type VersionSummary = z.infer<typeof versionSummarySchema>;

export const workerSummarySchema = z.object({
  id: z.string().describe("The worker's name, which is its address."),
  uid: workerIdSchema,
  name: z.string().describe("The worker's title."),
  description: z.string(),
  is_example: z.boolean(),
  system: z.boolean().describe("Left out of lists unless asked for."),
  archived: z.boolean(),
  archive_reason: z.string().nullable(),
  paused: z.boolean().describe("Takes no new runs and starts none of those that wait."),
  stage: z.string(),
  tags: z.array(z.string()),
  folder: z.string().nullable().describe("Where it stands in the list; null for in no folder."),
  folder_source: z
    .enum(["manifest", "workspace"])
    .nullable()
    .describe("Whether worker.yml names its folder, or people have put it there; null where neither did."),
  status: workerStatusSchema,
  trigger_type: z.string(),
  runner: z.string(),
  runtime: z.string(),
  mode: workerModeSchema,
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

/** How a worker's runs went in the last seven days, and how much better than in the seven before. */
export const recentStatsSchema = z.object({
  last_run_at: z.iso.datetime().nullable(),
  runs_7d: z.int().nonnegative(),
  success_rate_7d: z.number().nullable().describe("Of those that ended, 0 to 1; null where none did."),
  success_rate_change_7d: z.number().nullable(),
});

export type RecentStats = z.infer<typeof recentStatsSchema>;

/** What whoever asks may do to a worker. */
export const permissionsSchema = z.object({
  is_owner: z.boolean(),
  can_view: z.boolean(),
  can_edit: z.boolean(),
  can_run: z.boolean(),
  can_delete: z.boolean(),
  can_share: z.boolean().describe("Nothing is shared here."),
});

export const workerDetailSchema = workerSummarySchema.extend({
  enabled: z.boolean(),
  secrets: z.array(z.string()).describe("Names of the secrets it declares."),
  missing_secrets: z.array(z.string()).describe("Those of them that are not set."),
  contexts: z.array(z.string()).describe("Names of the contexts that it mounts."),
  missing_contexts: z
    .array(z.string())
    .describe("Those of them that are not there for it, or that it may not write as it wants to."),
  permissions: permissionsSchema,
  recent_stats: recentStatsSchema,
  input_values: inputsSchema.describe("What its first trigger hands to its runs."),
  next_run_at: z.iso.datetime().nullable().describe("When its schedules start it next."),
  last_fired_at: z.iso.datetime().nullable().describe("When a schedule of it last came due."),
  webhook_url: z
    .string()
    .nullable()
    .describe("Where its first webhook takes events; only for whoever may change the worker."),
  config: manifestSchema.describe("worker.yml, parsed."),
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
  problems: z.array(
    z.object({
      file: z.string(),
      code: z.string(),
      message: z.string(),
      fix: z.string(),
      line: z.int().positive().optional(),
      column: z.int().positive().optional(),
    }),
  ),
  manifest: manifestSchema.nullable(),
});
export type ValidationResult = z.infer<typeof validationResultSchema>;

export const listWorkersQuerySchema = z.object({
  include_archived: z.stringbool().default(false),
  include_system: z.stringbool().default(false),
  limit: z.coerce.number().int().min(1).optional().describe("At most so many; all of them without it."),
  offset: z.coerce.number().int().min(0).default(0).describe("How many to leave out."),
});
type ListWorkersQuery = z.infer<typeof listWorkersQuerySchema>;
/** Which workers of a workspace are wanted; all of them where nothing is said of a part. */
export type WorkersToList = Omit<ListWorkersQuery, "offset"> & Partial<Pick<ListWorkersQuery, "offset">>;

/**
 * Body of `PATCH /api/workers/{worker}`: what is left out stays. All but the secret is written into worker.yml and makes
 * a new version. `input_values` and `capabilities` are merged: a member that is null is taken out (RFC 7396).
 */
export const changeWorkerSchema = z
  .strictObject({
    name: z.string().min(1).max(120).describe("The title."),
    description: z.string().max(500).nullable(),
    trigger_type: z
      .enum(["manual", "schedule", "cron", "webhook"])
      .describe("What starts it: takes the place of the one trigger it has. `cron` is `schedule`."),
    cron_expr: z.string().max(200).describe("Of its first schedule."),
    cron_timezone: z.string().max(100).describe("Of its first schedule, as IANA names it."),
    input_values: inputsSchema.describe("What its schedules and webhooks hand to their runs."),
    capabilities: z.record(z.string(), z.json()),
    webhook_secret_rotate: z
      .boolean()
      .describe("Gives its first webhook a new secret, shown this once in `new_webhook_secret`."),
  })
  .partial();
export type ChangeWorker = z.infer<typeof changeWorkerSchema>;

/** Body of `PUT /api/workers/{worker}/folder`. */
export const setFolderSchema = z.strictObject({
  folder: z
    .string()
    .trim()
    .max(64)
    .nullable()
    .describe("Its folder in the workspace; empty for in none, null for the one that worker.yml names."),
});

/** A worker that was changed just now. */
export const changedWorkerSchema = workerDetailSchema.extend({
  new_webhook_secret: z.string().nullable().describe("Shown this once."),
});

export const reloadedSchema = z.object({ status: z.literal("ok"), workers_loaded: z.int().nonnegative() });

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
