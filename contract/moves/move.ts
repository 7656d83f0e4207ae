import * as z from "zod";
import { sha256Schema } from "../ids.ts";
import { moveLimits } from "./limits.ts";

const flag = z.enum(["true", "false"]).transform((said) => said === "true");

export const exportWorkspaceQuerySchema = z.object({
  versions: z.coerce
    .number()
    .int()
    .min(1)
    .max(moveLimits.workspace_archive_versions_most.value)
    .default(moveLimits.workspace_archive_versions.value)
    .describe(
      "So many of the newest versions of each worker and context; a worker's active one is always there.",
    ),
  sensitive: flag.default(false).describe("Also the files of contexts that are marked sensitive."),
  runs: flag.default(true).describe("Also the records of runs, to be read; they are not imported."),
});
export type ExportWorkspaceQuery = z.output<typeof exportWorkspaceQuerySchema>;

const importOptions = {
  dry_run: flag.default(false).describe("Only say what would become of each thing."),
  live: flag
    .default(false)
    .describe(
      "Workers that were not paused start at once. Otherwise all arrive paused, to be resumed by hand.",
    ),
  allow: flag.default(false).describe("Keep files of contexts that look as if they held secrets."),
};
export const importWorkspaceQuerySchema = z.object(importOptions);
export const continueImportQuerySchema = z.object({
  ...importOptions,
  from: z.coerce.number().int().nonnegative().describe("`next` of the answer before."),
});
export type ImportOptions = z.output<typeof importWorkspaceQuerySchema>;

/** What an import is made of, in the order in which it is taken over. */
export const importedKindSchema = z.enum([
  "settings",
  "template",
  "context",
  "version",
  "worker",
  "trigger",
  "alert",
  "keys",
  "table",
  "secret",
]);

/**
 * `made`: it is there now (after a dry run: it would be); `there`: it was there already as it is; `refused`: nothing was
 * made of it, and what is there was left alone; `missing`: it is in no archive and is still to be set.
 */
export const importOutcomeSchema = z.enum(["made", "there", "refused", "missing"]);

export const importItemSchema = z.object({
  kind: importedKindSchema,
  name: z.string(),
  outcome: importOutcomeSchema,
  detail: z.string().nullable().describe("Why, or what is left to do."),
  secret: z
    .string()
    .nullable()
    .describe("The new secret of a webhook or an alert, shown this once: the old one is in no archive."),
});
export type ImportItem = z.infer<typeof importItemSchema>;

export const importAnswerSchema = z.object({
  archive: z.string().describe("By which the rest is asked for."),
  dry_run: z.boolean(),
  exported_at: z.iso.datetime(),
  workspace: z.string().describe("The name of the workspace that it was made of."),
  items: z.array(importItemSchema).describe("What became of the things that this request has taken over."),
  done: z.int().describe("Steps of the import that are over."),
  total: z.int(),
  next: z.int().nullable().describe("Where the import goes on; null at its end."),
});
export type ImportAnswer = z.infer<typeof importAnswerSchema>;

const name = z.string().min(1).max(200);

/** A table of a store: as it was made, and its indexes. */
export const archivedTableSchema = z.object({ name, sql: z.string(), indexes: z.array(z.string()) });
export type ArchivedTable = z.infer<typeof archivedTableSchema>;

/** A file of a context through its versions: there from `since` on, and before `until`. */
export const archivedFileSchema = z.object({
  path: z.string(),
  sha256: sha256Schema,
  size: z.int().nonnegative(),
  since: z.int(),
  until: z.int().nullable(),
});
