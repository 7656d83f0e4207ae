import type { DeliveryId, RunId, TriggerId } from "#contract/ids";
import type { DeliveryVerdict } from "#contract/hooks/delivery";
import type { Admitted, AdmitRefusal, AdmitRequest } from "../../queue/queue-api.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";

/** A delivery as it is written down. `body` is null when it was not kept or lies in R2 (`stored`). */
export interface DeliveryRecord {
  id: DeliveryId;
  trigger_id: TriggerId;
  received_at: number;
  verdict: DeliveryVerdict;
  reason: string | null;
  run_id: RunId | null;
  external_id: string | null;
  redelivery_of: DeliveryId | null;
  method: string;
  content_type: string | null;
  ip: string | null;
  size_bytes: number;
  headers: Record<string, string>;
  query: Record<string, string>;
  stored: boolean;
  body: Uint8Array | null;
}

/**
 * How a repeat is known, and how long it is remembered: by the sender's id (`id:`), by the bytes it signed (`signed:`),
 * or by what came without either (`body:`).
 */
export interface ReceiptKey {
  key: string;
  digest: string;
  seconds: number;
}

export interface DeliverRequest {
  delivery: DeliveryRecord;
  /** By which a repeat will be known, any one of them is enough. None: a repeat is welcome, as for a redelivery. */
  receipts: readonly ReceiptKey[];
  /** Null: it starts no run, as a ping does or a delivery that was judged already. */
  admit: AdmitRequest<RunSpec> | null;
}

export type DeliverReply =
  | { kind: "taken"; run_id: RunId | null; reply: Admitted | null }
  | { kind: "duplicate"; run_id: RunId | null; delivery_id: DeliveryId }
  | { kind: "refused"; reply: AdmitRefusal };

export interface DeliveryFilter {
  triggerId: string;
  verdict: DeliveryVerdict | undefined;
  /** Only those before this one in the list, newest first. */
  before: string | undefined;
  since: number | undefined;
  until: number | undefined;
  limit: number;
  /** Oldest first instead. */
  ascending: boolean;
}

/** The remote calls of a worker's inbox. */
export interface InboxApi {
  /**
   * Writes the delivery down and takes its run into the queue, both or neither; once this answers, both are durable. A
   * repeat starts nothing, whatever was judged of it.
   */
  deliver(request: DeliverRequest): Promise<DeliverReply>;
  /** Writes down a delivery with a bad signature; of these only so many are kept. */
  noteUnsigned(delivery: DeliveryRecord): Promise<void>;
  listDeliveries(filter: DeliveryFilter): Promise<DeliveryRecord[]>;
  findDelivery(triggerId: string, deliveryId: string): Promise<DeliveryRecord | null>;
}
