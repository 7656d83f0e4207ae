import * as z from "zod";
import { missedRuleSchema } from "#contract/manifest/manifest";
import type { ManifestTrigger } from "#contract/manifest/manifest";
import { inputsSchema } from "#contract/runs/run";
import type { TriggerType } from "#contract/triggers/trigger";

/** The `spec` of a schedule's row. */
export const scheduleSpecSchema = z.object({
  cron: z.string(),
  timezone: z.string(),
  missed: missedRuleSchema,
  inputs: inputsSchema,
});
export type ScheduleSpec = z.infer<typeof scheduleSpecSchema>;

/** A trigger of worker.yml that the platform acts on: its kind and the spec of its row. */
export interface DeclaredTrigger {
  type: TriggerType;
  spec: unknown;
}

/** What a trigger of worker.yml says, as a row keeps it; null for those that need no row. */
export function declaredTrigger(trigger: ManifestTrigger): DeclaredTrigger | null {
  const inputs = trigger.inputs ?? {};
  if (trigger.type === "schedule") {
    const spec: ScheduleSpec = {
      cron: trigger.cron ?? "",
      timezone: trigger.timezone ?? "UTC",
      missed: trigger.missed ?? "once",
      inputs,
    };
    return { type: "schedule", spec };
  }
  if (trigger.type === "webhook") {
    const { allowed_methods: methods = ["POST"], signature, reply } = trigger.webhook ?? {};
    const chosen = {
      ...(signature ? { signature: { scheme: signature } } : {}),
      ...(reply ? { reply: { mode: reply } } : {}),
    };
    return { type: "webhook", spec: { methods, inputs, ...chosen } };
  }
  return null;
}
