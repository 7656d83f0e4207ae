import * as z from "zod";
import { alertTopicSchema } from "#contract/alerts/alert";
import { contextKindSchema, contextVisibilitySchema } from "#contract/contexts/context-bundle";
import { sha256Schema } from "#contract/ids";
import { limits } from "#contract/limits";
import { archivedFileSchema, archivedTableSchema } from "#contract/moves/move";
import { workspaceSettingsSchema } from "#contract/retention/retention";
import { templateSpecSchema } from "#contract/templates/template";
import { createTriggerSchema } from "#contract/triggers/trigger";
import { defineDocument } from "../platform/objects/stored-document.ts";

const name = z.string().min(1).max(200);
const versionNumber = z.int().positive();

/** What lies in an archive; its first member says that it is one. */
const archiveSchema = z.object({
  kind: z.literal("floom.workspace"),
  exported_at: z.iso.datetime(),
  workspace: z.object({ id: z.string(), name }),
  settings: workspaceSettingsSchema.pick({ retention_days: true }),
  /** Who was in it, to be invited again by hand: an import makes nobody a member. */
  members: z.array(z.object({ name: z.string().nullable(), email: z.string(), role: z.string() })),
  templates: z.array(z.object({ name, spec: templateSpecSchema })),
  contexts: z.array(z.object({ name, versions: z.array(versionNumber) })),
  workers: z.array(z.object({ name, versions: z.array(versionNumber).min(1) })),
  /** `worker` null: the workspace's own. The n-th lies under stores/n. */
  stores: z.array(z.object({ worker: name.nullable(), tables: z.array(archivedTableSchema) })),
  /** Names alone, with the workers that declare them. */
  secrets: z.array(z.object({ name, workers: z.array(name) })),
  /** What is not in it, and why. */
  left_out: z.array(z.object({ what: z.string(), why: z.string() })),
  runs: z.int().nonnegative(),
});
export type Archive = z.infer<typeof archiveSchema>;
export const archiveDocument = defineDocument<Archive>("archive of a workspace", archiveSchema);

const workerSchema = z.object({
  name,
  active_version: versionNumber,
  paused: z.boolean(),
  archived: z.boolean(),
  archive_reason: z.string().nullable(),
  visibility: z.enum(["private", "workspace"]),
  /** Where people have put it; archives from before there were such folders say nothing. */
  folder: z.string().nullable().default(null),
  versions: z
    .array(z.object({ number: versionNumber, digest: sha256Schema, created_at: z.iso.datetime() }))
    .min(1),
  /** Those that were made beside worker.yml, and whether those of worker.yml are paused. */
  triggers: z.array(
    z.object({
      origin: z.enum(["manifest", "api"]),
      trigger: createTriggerSchema.required({ name: true, paused: true }),
    }),
  ),
  alerts: z.array(
    z.object({
      url: z.string().nullable(),
      email_to: z.array(z.string()),
      on: z.array(alertTopicSchema),
      description: z.string(),
    }),
  ),
});
export type ArchivedWorker = z.infer<typeof workerSchema>;
export const workerDocument = defineDocument<ArchivedWorker>("worker of an archive", workerSchema);

const contextSchema = z.object({
  name,
  kind: contextKindSchema,
  description: z.string().max(500),
  category: z.string().max(60).nullable(),
  visibility: contextVisibilitySchema,
  sensitive: z.boolean(),
  writeable: z.boolean(),
  versions: z.array(
    z.object({
      number: versionNumber,
      digest: sha256Schema,
      message: z.string(),
      created_at: z.iso.datetime(),
    }),
  ),
  files: z.array(archivedFileSchema),
});
export type ArchivedContext = z.infer<typeof contextSchema>;
export const contextDocument = defineDocument<ArchivedContext>("context of an archive", contextSchema);

/** Where things lie in an archive. */
export const archivePaths = {
  archive: "floom-workspace.json",
  runs: "runs.ndjson",
  worker: (worker: string) => `workers/${worker}/worker.json`,
  version: (worker: string, number: number) => `workers/${worker}/versions/${number}.zip`,
  context: (context: string) => `contexts/${context}/context.json`,
  content: (context: string, sha256: string) => `contexts/${context}/files/${sha256}`,
  keys: (store: number) => `stores/${store}/keys.ndjson`,
  table: (store: number, table: number) => `stores/${store}/tables/${table}.ndjson`,
};

/** The files that a context had in a version. Pure. */
export function filesOfVersion(context: ArchivedContext, version: number): ArchivedContext["files"] {
  return context.files.filter(({ since, until }) => since <= version && (until === null || until > version));
}

/** How many files an archive of these has; runs and its own document included. Pure. */
export function countEntries(of: {
  versions: readonly number[];
  contents: readonly number[];
  tables: readonly number[];
}): number {
  const sum = (counts: readonly number[]) => counts.reduce((all, one) => all + one + 1, 0);
  return 2 + sum(of.versions) + sum(of.contents) + sum(of.tables);
}

/** Whether more lies in an archive than one may hold. */
export const isTooMany = (entries: number) => entries > limits.workspace_archive_entries.value;
