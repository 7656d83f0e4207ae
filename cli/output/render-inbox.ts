import type { DeliveryDetail, DeliverySummary } from "#contract/hooks/delivery";
import { formatAgo } from "#contract/words";
import type { Output } from "./output.ts";

/** Deliveries as a table, newest first as they come. */
export function showDeliveries(output: Output, deliveries: readonly DeliverySummary[], now: number): void {
  output.table(
    ["DELIVERY", "RECEIVED", "VERDICT", "RUN", "SIZE", "WHY"],
    deliveries.map((one) => [
      one.id,
      formatAgo(one.received_at, now),
      one.verdict,
      one.run_id ?? "-",
      String(one.size_bytes),
      one.reason ?? "",
    ]),
  );
}

/** One delivery with its headers. */
export function deliveryPairs(delivery: DeliveryDetail, now: number): [string, string][] {
  const facts: [string, string | null][] = [
    ["delivery", delivery.id],
    ["received", formatAgo(delivery.received_at, now)],
    ["verdict", delivery.verdict],
    ["why", delivery.reason],
    ["run", delivery.run_id],
    ["sender's id", delivery.external_id],
    ["repeats", delivery.redelivery_of],
    ["from", delivery.ip],
    ["request", `${delivery.method}, ${delivery.size_bytes} bytes`],
  ];
  const headers = Object.entries(delivery.headers).map(([name, value]): [string, string] => [
    `header ${name}`,
    value,
  ]);
  return [
    ...facts.flatMap(([name, value]): [string, string][] => (value === null ? [] : [[name, value]])),
    ...headers,
  ];
}
