import * as z from "zod";
import { sha256Schema } from "../ids.ts";

/** A context's name is its folder below `context/` in the work directory. */
export const contextNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    "Use 1 to 64 letters, digits, dots, underscores and hyphens, a letter or digit first.",
  );

/** `memory`: what agents and workers have learned; its `learnings.jsonl` only ever grows, whoever writes it. */
export const contextKindSchema = z.enum(["files", "memory"]);
export type ContextKind = z.infer<typeof contextKindSchema>;

export const contextVisibilitySchema = z.enum(["private", "workspace"]);

/** The file of a memory pack to which lines are added. */
export const LEARNINGS_PATH = "learnings.jsonl";

/** One line of a memory pack's `learnings.jsonl`. */
export const learningSchema = z.object({
  created_at: z.iso.datetime({ offset: true }),
  learning: z.string().min(1).max(4000),
  source: z.string().max(200).optional(),
});

const category = z.string().max(60).nullable().describe("A word under which people find it.");
const writeable = z.boolean().describe("Whether a worker may mount it writeable.");
const sensitive = z
  .boolean()
  .describe("Whether its contents stay out of exports and shared links. It is versioned like any other.");
const visibility = contextVisibilitySchema.describe(
  "private: only whoever made it and the workspace's owner see it, and only workers that they pushed mount it.",
);

/** Body of `POST /api/contexts/{context}`. */
export const createContextSchema = z.strictObject({
  kind: contextKindSchema.default("files"),
  description: z.string().max(500).default(""),
  category: category.default(null),
  writeable: writeable.default(false),
  sensitive: sensitive.default(true),
  visibility: visibility.default("workspace"),
});

export const setCategorySchema = z.strictObject({ category });
export const setVisibilitySchema = z.strictObject({ visibility });
export const setSensitiveSchema = z.strictObject({ sensitive });
export const setWriteableSchema = z.strictObject({ writeable });
export const renameContextSchema = z.strictObject({ name: contextNameSchema });

const path = z.string().min(1).max(512);
export const moveFileSchema = z.strictObject({
  from: path.describe("The file, or the folder with all that is below it."),
  to: path,
  base: z.int().nonnegative().optional(),
});

const flag = z.enum(["true", "false"]).transform((said) => said === "true");
const base = z.coerce
  .number()
  .int()
  .nonnegative()
  .describe(
    "The version that the change was made from: refused when the context has moved on. Left out: no matter.",
  );
const allow = flag.describe("Keep files that look as if they held secrets.");

export const listFilesQuerySchema = z.object({
  path_prefix: z.string().optional().describe("Only the files below it."),
});
export const changeFileQuerySchema = z.object({ allow: allow.default(false), base: base.optional() });
export const deleteFileQuerySchema = z.object({ base: base.optional() });
export const restoreQuerySchema = z.object({ base: base.optional() });
export const uploadQuerySchema = z.object({
  allow: allow.default(false),
  base: base.optional(),
  mirror: flag.default(false).describe("Also delete what is in the context and not in the zip."),
});
export const deleteContextQuerySchema = z.object({
  force: flag.default(false).describe("Delete it though workers mount it."),
});
export const readFileQuerySchema = z.object({
  version: z.coerce.number().int().positive().optional().describe("As it was in that version."),
});

const time = z.iso.datetime();

export const contextSummarySchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: contextKindSchema,
  description: z.string(),
  category: z.string().nullable(),
  visibility: contextVisibilitySchema,
  sensitive: z.boolean(),
  writeable: z.boolean(),
  owner_id: z.string().describe("Who made it."),
  version: z.int().nonnegative().describe("The newest version; 0 before the first file."),
  digest: sha256Schema.nullable().describe("Of all its files together; null before the first version."),
  file_count: z.int().nonnegative(),
  total_bytes: z.int().nonnegative(),
  used_by: z.array(z.string()).describe("Names of the workers that mount it."),
  created_at: time,
  updated_at: time,
});
export type ContextSummary = z.infer<typeof contextSummarySchema>;

export const contextFileSchema = z.object({
  path: z.string(),
  size_bytes: z.int().nonnegative(),
  sha256: sha256Schema,
  version: z.int().positive().describe("Since which version it has this content."),
  has_secret_warning: z.boolean().describe("It looked as if it held a secret, and somebody allowed it."),
});
export type ContextFile = z.infer<typeof contextFileSchema>;

export const contextDetailSchema = contextSummarySchema.extend({ files: z.array(contextFileSchema) });
export type ContextDetail = z.infer<typeof contextDetailSchema>;

export const contextVersionSchema = z.object({
  version: z.int().positive(),
  id: z.string().describe("The version's number as text."),
  sha: sha256Schema.describe("Digest of all its files together: the same files have the same one."),
  message: z.string(),
  author: z.string().describe("Token or trigger that made it, or the run that wrote it."),
  run_id: z.string().nullable(),
  change_source: z.enum(["api", "run"]),
  restored_from: z.int().positive().nullable(),
  file_count: z.int().nonnegative(),
  total_bytes: z.int().nonnegative(),
  timestamp: time,
});
export type ContextVersion = z.infer<typeof contextVersionSchema>;

export const contextVersionDetailSchema = contextVersionSchema.extend({ files: z.array(contextFileSchema) });
export type ContextVersionDetail = z.infer<typeof contextVersionDetailSchema>;

export const fileVersionSchema = z.object({
  version: z.int().positive().describe("In which it got this content, or went."),
  id: z.string(),
  sha: sha256Schema.nullable().describe("Of the content; null where the file went."),
  size_bytes: z.int().nonnegative().nullable(),
  message: z.string(),
  author: z.string(),
  timestamp: time,
});
export type FileVersion = z.infer<typeof fileVersionSchema>;

export const contextChangeSchema = z.object({
  context: contextSummarySchema,
  changed: z.array(z.string()).describe("Paths that were written or deleted; none: nothing was different."),
});
export type ContextChange = z.infer<typeof contextChangeSchema>;

export const secretFindingSchema = z.object({
  path: z.string(),
  line: z.int().positive().nullable().describe("Null where the file's name says it."),
  pattern: z.string().describe("What it looks like."),
});
export type SecretFinding = z.infer<typeof secretFindingSchema>;

export const secretScanSchema = z.object({
  version: z.int().nonnegative(),
  findings: z.array(secretFindingSchema),
});
export type SecretScan = z.infer<typeof secretScanSchema>;

/** A context as a run had it: which version it saw, and which it wrote. */
export const mountedContextSchema = z.object({
  name: z.string(),
  version: z.int().nonnegative().describe("The version that the run saw; 0: it was empty."),
  digest: sha256Schema.nullable(),
  writeable: z.boolean(),
  written_version: z.int().positive().nullable().describe("The version that the run's end made."),
});
