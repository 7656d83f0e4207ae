import * as z from "zod";
import { newAbilitySchema, fileChangeSchema, manifestChangeSchema } from "./version.ts";
import { versionSummarySchema } from "../workers/worker.ts";

/** What a person reads before they let a version run. */
export const versionReviewSchema = z.object({
  worker: z.string(),
  version: versionSummarySchema,
  against: z
    .int()
    .positive()
    .nullable()
    .describe("The active version it is compared with; null for a first version."),
  may_newly: z.array(newAbilitySchema),
  may_no_longer: z.array(newAbilitySchema).describe("What the active version may do and this one may not."),
  manifest: z.array(manifestChangeSchema),
  files: z.array(fileChangeSchema),
});
export type VersionReview = z.infer<typeof versionReviewSchema>;

/** A version in quarantine, and whose it is. */
export const waitingVersionSchema = z.object({
  worker: z.string().describe("The worker's name, which is its address."),
  title: z.string().describe("The worker's title, as the version that waits has it."),
  version: versionSummarySchema,
});
export type WaitingVersion = z.infer<typeof waitingVersionSchema>;

export const waitingPageSchema = z.object({
  versions: z.array(waitingVersionSchema),
  next_cursor: z.string().nullable(),
});

export const promoteRequestSchema = z.strictObject({
  expected_digest: z
    .string()
    .optional()
    .describe("Digest of the version that was reviewed; when it is another, nothing changes (409)."),
});

export const rejectRequestSchema = z.strictObject({ reason: z.string().min(1).max(1000) });
