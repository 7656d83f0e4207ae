import * as z from "zod";
import { workspaceIdSchema } from "../ids.ts";
import { quotaLimits } from "./limits.ts";

/** Beyond this a quota would be counted longer than what it is on takes. */
const MOST_THINGS = 20_000;
/** The most that a quota a day can be. */
const MOST_A_DAY = 10_000_000;

const upTo = (most: number) => z.int().min(0).max(most).nullable();

/** What the server's owner has set for one workspace; null: as for every workspace. */
export const quotasSchema = z.object({
  workers: upTo(MOST_THINGS).describe(
    `Workers, archived ones too; null: ${quotaLimits.workspace_workers.value.toLocaleString("en-US")}.`,
  ),
  triggers: upTo(MOST_THINGS).describe(
    `Schedules and webhooks; null: ${quotaLimits.workspace_triggers.value.toLocaleString("en-US")}.`,
  ),
  starts_per_day: upTo(MOST_A_DAY).describe("Starts of runs a day (UTC); null: as many as are wanted."),
});
export type Quotas = z.infer<typeof quotasSchema>;

export const quotaNameSchema = z.enum(["workers", "triggers", "starts_per_day"]);
export type QuotaName = z.infer<typeof quotaNameSchema>;

/** All quotas at once: what is left out is as for every workspace. */
export const setQuotasSchema = z.strictObject(quotasSchema.partial().shape);
export type SetQuotas = z.infer<typeof setQuotasSchema>;

/** How much of a quota is used. */
export const quotaStateSchema = z.object({
  quota: quotaNameSchema,
  used: z
    .int()
    .nonnegative()
    .nullable()
    .describe("How much there is; null for starts where no quota is set, which are not counted then."),
  limit: z.int().nullable().describe("How much there may be; null for no limit."),
  is_default: z.boolean().describe("Whether it is as for every workspace."),
  resets_at: z.iso
    .datetime()
    .nullable()
    .describe("When it is counted anew; null for what is there until it is deleted."),
});
export type QuotaState = z.infer<typeof quotaStateSchema>;

export const quotaReportSchema = z.object({
  workspace_id: workspaceIdSchema,
  quotas: z.array(quotaStateSchema),
});
export type QuotaReport = z.infer<typeof quotaReportSchema>;
