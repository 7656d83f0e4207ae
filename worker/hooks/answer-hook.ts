import type { DeliveryReceipt } from "#contract/hooks/delivery";
import { isTerminal } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import type { Reply } from "#contract/hooks/webhook";
import { fillTemplate } from "./fill-template.ts";
import type { TakenDelivery } from "./take-delivery.ts";

/** How long the sender is to be held for the run's end, in seconds. */
export function secondsToWait(reply: Reply): number {
  if (reply.mode === "wait") return reply.seconds;
  return reply.mode === "custom" ? reply.wait_seconds : 0;
}

/**
 * What the sender is answered once its delivery is durable: the receipt (202), the run's outcome (200), or what the
 * trigger says. `run` is null when it was not waited for. `payload` is the body as JSON.
 */
export function answerHook(
  reply: Reply,
  taken: TakenDelivery,
  seen: { run: RunDetail | null; payload: unknown },
): Response {
  if (taken.answer) return Response.json(taken.answer);
  const receipt = buildReceipt(taken);
  if (reply.mode === "custom") return fillAnswer(reply, receipt, seen);
  if (reply.mode === "wait" && seen.run && isTerminal(seen.run.status)) {
    const { id, status, outputs, error, error_code } = seen.run;
    return Response.json({ ...receipt, run_id: id, status, outputs, error, error_code });
  }
  return Response.json(receipt, { status: 202 });
}

function buildReceipt({ record, duplicate }: TakenDelivery): DeliveryReceipt {
  return { delivery_id: record.id, run_id: record.run_id, duplicate };
}

function fillAnswer(
  reply: Reply & { mode: "custom" },
  receipt: DeliveryReceipt,
  { run, payload }: { run: RunDetail | null; payload: unknown },
): Response {
  const values = {
    run: { id: receipt.run_id, status: run?.status ?? "queued" },
    delivery: { id: receipt.delivery_id },
    outputs: run?.outputs ?? {},
    payload,
  };
  const text = fillTemplate(reply.body, values, reply.content_type);
  const headers = { ...reply.headers, "content-type": `${reply.content_type}; charset=utf-8` };
  return new Response(text, { status: reply.status, headers });
}
