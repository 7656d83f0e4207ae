import type { AlertDelivery } from "#contract/alerts/alert";
import type { Style } from "./style.ts";

/** How a message fared, in a few words: its state, and what came back last. */
export function renderDelivery({ status, attempts }: AlertDelivery, style: Style): string {
  const last = attempts.at(-1);
  const answer = last?.error ?? (last?.status_code ? `It answered ${last.status_code}.` : "");
  const colour = { delivered: style.green, failed: style.red, not_configured: style.red, pending: style.dim }[
    status
  ];
  return `${colour(status.replace("_", " "))} ${answer}`.trim();
}
