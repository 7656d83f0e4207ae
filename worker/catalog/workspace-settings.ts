import * as z from "zod";
import { anomalySettings } from "#contract/anomalies/anomaly";
import { quotasSchema } from "#contract/quotas/quota";
import type { Quotas } from "#contract/quotas/quota";
import { deploySettings, modelSettings, spendSettings } from "#contract/retention/retention";
import { defineUnmarked } from "../platform/objects/stored-document.ts";

/** What a workspace has set for itself besides how long it keeps things; what is not there is not set. */
const settingsSchema = z.object({
  ...deploySettings,
  ...spendSettings,
  ...modelSettings,
  ...anomalySettings,
});
export type StoredSettings = z.infer<typeof settingsSchema>;

const settingsForm = defineUnmarked(
  "settings of a workspace",
  settingsSchema.partial().extend({
    variables: z.record(z.string(), z.string()).optional(),
    quotas: quotasSchema.partial().optional(),
  }),
);

/** The settings as they are stored, null for each that is not set. Throws where they cannot be read. Pure. */
export function readSettings(stored: unknown): StoredSettings {
  const found = settingsForm.read(stored ?? {});
  return {
    default_timeout_seconds: found.default_timeout_seconds ?? null,
    approval_default: found.approval_default ?? null,
    quarantine_pushes_of: found.quarantine_pushes_of ?? null,
    daily_spend_cap_usd: found.daily_spend_cap_usd ?? null,
    monthly_spend_cap_usd: found.monthly_spend_cap_usd ?? null,
    user_daily_spend_cap_usd: found.user_daily_spend_cap_usd ?? null,
    user_monthly_spend_cap_usd: found.user_monthly_spend_cap_usd ?? null,
    default_model: found.default_model ?? null,
    fallback_model: found.fallback_model ?? null,
    on_novel_tool: found.on_novel_tool ?? null,
    on_denial_streak: found.on_denial_streak ?? null,
    on_rate_breach: found.on_rate_breach ?? null,
    on_unusual_spend: found.on_unusual_spend ?? null,
  };
}

/** What the server's owner has set on how much the workspace may have; null for each that is not set. Throws where it cannot be read. Pure. */
export function readQuotas(stored: unknown): Quotas {
  const { quotas = {} } = stored ? settingsForm.read(stored) : {};
  const { workers = null, triggers = null, starts_per_day = null } = quotas;
  return { workers, triggers, starts_per_day };
}

/** The variables that the workspace has set, by `worker.variable`. Throws where they cannot be read. Pure. */
export function readWorkspaceVariables(stored: unknown): Record<string, string> {
  return settingsForm.read(stored ?? {}).variables ?? {};
}
