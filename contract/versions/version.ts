import * as z from "zod";
import { manifestSchema } from "../manifest/manifest.ts";
import { versionSummarySchema, workerSummarySchema } from "../workers/worker.ts";

/** One version, whole. */
export const versionDetailSchema = versionSummarySchema.extend({
  worker: z.string(),
  manifest: manifestSchema,
});
export type VersionDetail = z.infer<typeof versionDetailSchema>;

/** One file that differs between two versions. */
export const fileChangeSchema = z.object({
  path: z.string(),
  change: z.enum(["added", "removed", "changed"]),
  binary: z.boolean(),
  before_bytes: z.int().nullable(),
  after_bytes: z.int().nullable(),
  diff: z
    .string()
    .nullable()
    .describe("Unified diff; null for binary files, and for text too large or too different to show."),
});
export type FileChange = z.infer<typeof fileChangeSchema>;

/** One value of the manifest that differs. A member that is missing on one side is null there. */
export const manifestChangeSchema = z.object({
  pointer: z.string().describe("JSON Pointer into the parsed manifest."),
  before: z.json(),
  after: z.json(),
});
export type ManifestChange = z.infer<typeof manifestChangeSchema>;

export const newAbilityKindSchema = z.enum([
  "secret",
  "network",
  "connection",
  "call",
  "context",
  "approval_dropped",
  "longer_timeout",
  "trigger",
  "tool",
]);

/** Something a worker may do with the newer version that it may not do with the older. */
export const newAbilitySchema = z.object({
  kind: newAbilityKindSchema,
  what: z.string().describe("The name: of the secret, the host, the worker ..."),
  detail: z.string().describe("A sentence for people."),
});
export type NewAbility = z.infer<typeof newAbilitySchema>;

/** What changes from version `from` to version `to`. */
export const versionDiffSchema = z.object({
  worker: z.string(),
  from: z.int().positive(),
  to: z.int().positive(),
  files: z.array(fileChangeSchema),
  manifest: z.array(manifestChangeSchema),
  may_newly: z.array(newAbilitySchema),
});
export type VersionDiff = z.infer<typeof versionDiffSchema>;

/** What activating an older version must not do by accident; each is forced by its name. */
export const activationGuardSchema = z.enum(["drops_approvals", "re_enables", "evals"]);
export type ActivationGuard = z.infer<typeof activationGuardSchema>;

export const activateRequestSchema = z.strictObject({
  force: z
    .array(activationGuardSchema)
    .default([])
    .describe("Guards to set aside: drops_approvals, re_enables; evals by owners and admins alone."),
  if_active: z
    .int()
    .positive()
    .optional()
    .describe(
      "The version the decision was made on; when another one is active by now, nothing changes (409).",
    ),
});

/** One time a version was made active by hand. */
export const activationSchema = z.object({
  from: z.int().positive(),
  to: z.int().positive(),
  by: z.string().describe("Id of the token that asked."),
  at: z.iso.datetime(),
  forced: z.array(activationGuardSchema),
});
export type Activation = z.infer<typeof activationSchema>;

export const activationResultSchema = z.object({
  worker: workerSummarySchema,
  version: versionSummarySchema,
  previous: z.int().positive(),
  changed: z.boolean().describe("False when the version was active already."),
});
export type ActivationResult = z.infer<typeof activationResultSchema>;
