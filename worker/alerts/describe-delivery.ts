import type { AlertDelivery, DeliveryStatus } from "#contract/alerts/alert";
import { deliveryIdSchema } from "#contract/ids";
import { alertMessageForm, attemptsForm } from "./outbox-table.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";

/** A message as the outbox keeps it; `body` and `attempts` are JSON text. */
interface StoredDelivery {
  id: string;
  alert_id: string;
  channel: "webhook" | "email";
  destination: string;
  body: string;
  status: DeliveryStatus;
  attempts: string;
  next_at: number | null;
  created_at: number;
}

/** A message as people see it. */
export function describeDelivery(row: StoredDelivery): AlertDelivery {
  const message = alertMessageForm.readText(row.body);
  return {
    id: deliveryIdSchema.parse(row.id),
    alert_id: row.alert_id,
    event: message.type,
    channel: row.channel,
    destination: row.destination,
    status: row.status,
    attempts: attemptsForm.readText(row.attempts),
    next_attempt_at: row.status === "pending" ? toIsoOrNull(row.next_at) : null,
    message,
    created_at: toIso(row.created_at),
  };
}
