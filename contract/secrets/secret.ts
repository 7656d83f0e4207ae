import * as z from "zod";
import { secretLimits } from "./limits.ts";

/** A secret's name is that of the environment variable in which a script finds it. */
export const secretNameSchema = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]{0,63}$/, "Use 1 to 64 capital letters, digits and underscores, a letter first.");

/** Body of `POST /api/secrets/{secret}`. */
export const setSecretSchema = z.strictObject({
  value: z.string().min(1).describe("The value. No answer ever holds it."),
  workers: z
    .array(z.string())
    .nullable()
    .optional()
    .describe(
      "Names of the workers that alone get it; null: every worker that declares it. Left out, that stays as it was.",
    ),
  hosts: z
    .array(z.string().max(255))
    .max(secretLimits.secret_hosts.value)
    .optional()
    .describe(
      "Hosts, by name, into whose requests it is put on their way out; scripts then never have it. Empty: scripts are given it. Left out, that stays as it was.",
    ),
  header: z
    .string()
    .max(1024)
    .optional()
    .describe(
      "For a secret with hosts, the header: `Name: text`, with `{value}` where the value goes. Left out, it stays as it was, or is `Authorization: Bearer {value}`.",
    ),
});

/** Body of `PUT /api/secrets/{secret}/grants`. */
export const grantSecretSchema = z.strictObject({
  workers: z
    .array(z.string())
    .nullable()
    .describe("Names of the workers that alone get it; null: every worker that declares it."),
});

const time = z.iso.datetime();

export const secretSummarySchema = z.object({
  name: z.string(),
  status: z.enum(["set", "missing"]).describe("Missing: workers declare it, and it is not set."),
  version: z.int().positive().nullable(),
  workers: z
    .array(z.string())
    .nullable()
    .describe("Names of the workers that alone get it; null: every worker that declares it."),
  hosts: z
    .array(z.string())
    .describe("Hosts into whose requests it is put, and scripts never have it; empty: scripts are given it."),
  header: z.string().nullable().describe("How it is put there, with {value} in the value's place."),
  used_by: z.array(z.string()).describe("Names of the workers that declare it."),
  created_at: time.nullable(),
  updated_at: time.nullable(),
  last_used_at: time
    .nullable()
    .describe("When a run was last given it; of several within an hour, the first."),
  last_used_run_id: z.string().nullable(),
  last_checked_at: time.nullable(),
  last_check_status: z.string().nullable(),
});
export type SecretSummary = z.infer<typeof secretSummarySchema>;

export const secretVersionSchema = z.object({
  version: z.int().positive(),
  current: z.boolean(),
  created_at: time,
  created_by: z.string().describe("The token that set it."),
  retired_at: time.nullable().describe("When a newer one took its place."),
  kept: z
    .boolean()
    .describe("Whether its value is still stored, sealed: runs that have it may be under way."),
});
export type SecretVersion = z.infer<typeof secretVersionSchema>;

export const secretTestSchema = z.object({
  status: z.enum(["valid", "unreadable"]),
  reason: z.string(),
});
export type SecretTest = z.infer<typeof secretTestSchema>;

export const abandonedKeySchema = z.object({
  lost_master_key_id: z.string().nullable().describe("The master key that the lost key was wrapped by."),
  lost_secrets: z.array(z.string()).describe("The secrets that are gone, and are missing from now on."),
  other_boxes: z
    .int()
    .nonnegative()
    .describe(
      "Secrets of webhooks and alerts, and workers' tokens, of all workspaces, that do not open either.",
    ),
});
export type AbandonedKey = z.infer<typeof abandonedKeySchema>;

export const rewrapResultSchema = z.object({
  master_key_id: z.string().describe("The current master key."),
  rewrapped: z.int().nonnegative().describe("What stood under another key and stands under this one now."),
  left: z.int().nonnegative().describe("What could not be opened by any of the keys there are."),
});
export type RewrapResult = z.infer<typeof rewrapResultSchema>;
