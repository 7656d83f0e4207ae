import {
  alertMessageSchema,
  type AlertDelivery,
  type DeliveryAttempt,
  type DeliveryStatus,
} from "#contract/alerts/alert";
import type { DeliveryId } from "#contract/ids";
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
  const message = alertMessageSchema.parse(JSON.parse(row.body));
  return {
    id: row.id as DeliveryId,
    alert_id: row.alert_id,
    event: message.type,
    channel: row.channel,
    destination: row.destination,
    status: row.status,
    attempts: JSON.parse(row.attempts) as DeliveryAttempt[],
    next_attempt_at: row.status === "pending" ? toIsoOrNull(row.next_at) : null,
    message,
    created_at: toIso(row.created_at),
  };
}
