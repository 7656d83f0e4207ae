import { afterEach, expect, it } from "vitest";
import { eventSubscriptionIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const subscription = {
  id: eventSubscriptionIdSchema.parse(`sub_${"0".repeat(26)}`),
  event: "run.failed" as const,
  worker: "hello",
  url: "https://hooks.example.com/floom",
  made_by: `tok_${"0".repeat(26)}`,
  refresh_before: "2026-01-02T00:00:00.000Z",
  created_at: "2026-01-01T00:00:00.000Z",
};

it("shows which addresses are told of events, and ends a subscription", async () => {
  edge = await startFakeEdge({
    listEventSubscriptions: () => [subscription],
    endEventSubscription: () => undefined,
  });
  const listed = await callCli(["events", "list", "--json"], { edge });
  expect(JSON.parse(listed.stdout)).toEqual([subscription]);
  const shown = await callCli(["events", "list"], { edge });
  expect(shown.stdout).toContain("https://hooks.example.com/floom");
  const ended = await callCli(["events", "stop", subscription.id], { edge });
  expect([ended.exitCode, ended.stdout]).toEqual([0, `Ended ${subscription.id}.\n`]);
});
