import { afterEach, expect, it } from "vitest";
import type { DeliverySummary } from "#contract/hooks/delivery";
import { deliveryIdSchema, triggerIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleRunId } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

const trigger = triggerIdSchema.parse(`trg_${"0".repeat(26)}`);
const delivery = deliveryIdSchema.parse(`dlv_${"0".repeat(26)}`);
const summary: DeliverySummary = {
  id: delivery,
  trigger_id: trigger,
  received_at: "2026-01-01T23:59:00.000Z",
  verdict: "accepted",
  reason: null,
  run_id: sampleRunId,
  external_id: "msg_1",
  redelivery_of: null,
  method: "POST",
  content_type: "application/json",
  ip: "192.0.2.1",
  size_bytes: 12,
};

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});
async function openEdge(handlers: Parameters<typeof startFakeEdge>[0]): Promise<FakeEdge> {
  edge = await startFakeEdge(handlers);
  return edge;
}

it("lists deliveries by their verdict, and shows one with its headers and body", async () => {
  verifies("webhooks:cli:deliveries");
  const opened = await openEdge({
    listDeliveries: () => ({ deliveries: [summary], next_cursor: null }),
    getDelivery: () => ({
      ...summary,
      headers: { "x-kind": "order" },
      query: {},
      body_preview: '{"a":1}',
      body_truncated: false,
      can_redeliver: true,
    }),
  });
  const list = await callCli(["deliveries", "list", trigger, "-v", "accepted"], { edge: opened });
  expect(list.stdout).toContain(sampleRunId);
  expect(opened.requests[0]?.query).toMatchObject({ verdict: "accepted", limit: "20" });
  const shown = await callCli(["deliveries", "show", trigger, delivery], { edge: opened });
  expect(shown.stdout).toMatch(/header x-kind +order/);
  expect(shown.stdout).toContain('{"a":1}');
});

it("takes one or many once more, and says when one started no run", async () => {
  verifies("webhooks:cli:deliveries");
  const refused = { ...summary, verdict: "refused" as const, run_id: null, reason: "queue_full" };
  const opened = await openEdge({
    redeliverMany: ({ body }) => ({
      deliveries: [body.toString().includes("filter") ? refused : summary],
      missing: [],
      has_more: false,
    }),
  });
  const call = (...words: string[]) =>
    callCli(["deliveries", "redeliver", trigger, ...words], { edge: opened });
  expect((await call(delivery)).exitCode).toBe(0);
  expect((await call("-v", "refused", "--since", "2026-01-01")).exitCode).toBe(5);
  expect((await call()).exitCode).toBe(2);
  expect((await call(delivery, "-v", "refused")).exitCode).toBe(2);
});

it("prints a rotated secret alone, so that a shell can take it", async () => {
  verifies("webhooks:cli:deliveries");
  const opened = await openEdge({
    rotateTriggerSecret: () => ({
      trigger_id: trigger,
      secret: "whsec_AAAA",
      previous_valid_until: "2026-01-02T00:00:00.000Z",
    }),
  });
  const { stdout, stderr } = await callCli(["triggers", "rotate-secret", trigger], { edge: opened });
  expect(stdout).toBe("whsec_AAAA\n");
  expect(stderr).toContain("2026-01-02T00:00:00.000Z");
  expect(
    (await callCli(["triggers", "rotate-secret", trigger, "--overlap", "x"], { edge: opened })).exitCode,
  ).toBe(2);
});
