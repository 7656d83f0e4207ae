import * as z from "zod";
import { actionNameSchema } from "#contract/ids";
import type { WebhookSpec } from "#contract/hooks/webhook";
import { missedRuleSchema } from "#contract/manifest/manifest";
import type { ManifestTrigger } from "#contract/manifest/manifest";
import type { TriggerType } from "#contract/triggers/trigger";
import { webhookSpecDocument } from "../hooks/webhook-spec.ts";
import { defineDocument, storedValuesSchema } from "../platform/objects/stored-document.ts";

/** The `spec` of a schedule's row. */
const scheduleSpecSchema = z.object({
  cron: z.string(),
  timezone: z.string(),
  missed: missedRuleSchema,
  /** Which of the worker's actions it starts; absent: the only one. */
  action: actionNameSchema.optional(),
  inputs: storedValuesSchema,
});
export type ScheduleSpec = z.infer<typeof scheduleSpecSchema>;
export const scheduleSpecDocument = defineDocument("schedule's spec", scheduleSpecSchema);

/** The `spec` of a trigger's row, whatever its kind. Throws when it does not fit. */
export function readTriggerSpec(type: TriggerType, stored: unknown): ScheduleSpec | WebhookSpec {
  return type === "schedule" ? scheduleSpecDocument.read(stored) : webhookSpecDocument.read(stored);
}

/** A trigger of worker.yml that the platform acts on: its kind and the spec of its row. */
export interface DeclaredTrigger {
  type: TriggerType;
  spec: unknown;
}

/** What a trigger of worker.yml says, as a row keeps it; null for those that need no row. */
export function declaredTrigger(trigger: ManifestTrigger): DeclaredTrigger | null {
  const { inputs = {}, action } = trigger;
  const named = action === undefined ? {} : { action };
  if (trigger.type === "schedule") {
    const spec: ScheduleSpec = {
      cron: trigger.cron ?? "",
      timezone: trigger.timezone ?? "UTC",
      missed: trigger.missed ?? "once",
      ...named,
      inputs,
    };
    return { type: "schedule", spec: scheduleSpecDocument.write(spec) };
  }
  if (trigger.type === "webhook") {
    const { allowed_methods: methods = ["POST"], signature, reply } = trigger.webhook ?? {};
    const chosen = {
      ...(signature ? { signature: { scheme: signature } } : {}),
      ...(reply ? { reply: { mode: reply } } : {}),
    };
    const spec = webhookSpecDocument.read({ methods, ...named, inputs, ...chosen });
    return { type: "webhook", spec: webhookSpecDocument.write(spec) };
  }
  if (trigger.type === "composio" && trigger.composio !== undefined) {
    const { event, connection_id: connection, filters } = trigger.composio;
    const spec = webhookSpecDocument.read({ ...named, inputs, app_event: { event, connection, filters } });
    return { type: "webhook", spec: webhookSpecDocument.write(spec) };
  }
  return null;
}
