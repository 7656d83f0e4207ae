import * as z from "zod";
import { alertTopicSchema } from "#contract/alerts/alert";
import { subscribedEventSchema } from "#contract/event-subscriptions/subscription";
import type { AlertDelivery, AlertEventName, AlertMessage } from "#contract/alerts/alert";
import { defineDocument } from "../platform/objects/stored-document.ts";

/** What signs a post: a secret of ours, sealed; one of the workspace's secrets, by name; or nothing. */
const alertSignerSchema = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("sealed"), box: z.string() }),
    z.object({ kind: z.literal("named"), name: z.string() }),
  ])
  .nullable();

const alertTargetSchema = z.object({
  id: z.string(),
  workspace_id: z.string(),
  worker_id: z.string(),
  url: z.string().nullable(),
  email_to: z.array(z.string()),
  events: z.array(alertTopicSchema),
  signer: alertSignerSchema,
  /** Null: the usual subject. */
  email_subject: z.string().nullable().default(null),
  /** Where it is no alert but an address that a client of MCP wants told: of which event, and until when (epoch ms). */
  listener: z.object({ event: subscribedEventSchema, expires_at: z.number() }).optional(),
});

/** Who is told of what, as the worker's object keeps it: everything that sending needs, and no look-up. */
export type AlertTarget = z.infer<typeof alertTargetSchema>;
export const alertTargetDocument = defineDocument("alert target", alertTargetSchema);

/** Whose alerts. */
export interface AlertedPlace {
  workspace_id: string;
  worker_id: string;
}

/** Something that happened to a worker. The same `key` makes no second message, however often it is raised. */
export interface AlertEvent {
  type: AlertEventName;
  /** Id of what it happened to: a run, an approval, an occurrence of a schedule. */
  key: string;
  /** Epoch milliseconds. */
  at: number;
  data: AlertMessage["data"];
}

/** What is known of a target besides its settings. */
export interface AlertState {
  id: string;
  disabled_reason: string | null;
}

export type RedeliverReply =
  | { kind: "waiting"; delivery: AlertDelivery }
  | { kind: "missing" }
  | { kind: "under_way" }
  | { kind: "disabled"; reason: string };

/** The remote calls of a WorkerObject that concern alerts. */
export interface AlertOutboxApi {
  /**
   * Reads the worker's targets anew from where the API keeps them; deliveries of those that are gone go with them. One
   * after the other, so that what was read last stays. Repeatable.
   */
  syncAlerts(place: AlertedPlace): Promise<AlertState[]>;
  /** Stops posts of a target for the reason given, or starts them again (null). */
  setAlertDisabled(alertId: string, reason: string | null): Promise<void>;
  /** Tells of something that was found elsewhere. The same event again changes nothing. */
  raiseAlert(event: AlertEvent): Promise<void>;
  /** Sends a test now and answers when it is over. */
  testAlert(target: AlertTarget, event: AlertEvent): Promise<AlertDelivery[]>;
  /** An alert's messages, newest first. */
  listAlertDeliveries(alertId: string, limit: number): Promise<AlertDelivery[]>;
  redeliverAlert(alertId: string, deliveryId: string): Promise<RedeliverReply>;
}
