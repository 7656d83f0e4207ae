import { afterEach, expect, it } from "vitest";
import { alertDeliverySchema, alertSchema } from "#contract/alerts/alert";
import type { AlertDelivery } from "#contract/alerts/alert";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const body = "0".repeat(25);
const alert = alertSchema.parse({
  id: `alt_${body}1`,
  worker: "hello-worker",
  origin: "api",
  url: "https://example.com/hook",
  email_to: ["ada@example.com"],
  on: ["failed"],
  description: "",
  enabled: true,
  disabled_reason: null,
  mail: "not_configured",
  created_at: "2026-01-01T00:00:00.000Z",
});

function buildDelivery(change: Partial<AlertDelivery> = {}): AlertDelivery {
  return alertDeliverySchema.parse({
    id: `dlv_${body}1`,
    alert_id: alert.id,
    event: "run.failed",
    channel: "webhook",
    status: "failed",
    destination: alert.url,
    next_attempt_at: null,
    created_at: "2026-01-01T00:00:00.000Z",
    attempts: [
      {
        at: "2026-01-01T00:00:00.000Z",
        outcome: "failed",
        status_code: 500,
        error: "It answered 500.",
        response_sample: "no",
        duration_ms: 12,
      },
    ],
    message: {
      type: "run.failed",
      timestamp: "2026-01-01T00:00:00.000Z",
      data: {
        worker: {
          name: "hello-worker",
          title: "Hello",
        },
        status: "failed",
        links: {},
      },
    },
    ...change,
  });
}

let edge: FakeEdge | undefined;

afterEach(async () => edge?.close());

async function call(argv: string[], handlers: Parameters<typeof startFakeEdge>[0]) {
  edge = await startFakeEdge(handlers);
  return callCli(argv, { edge });
}

it("alerts list says who is told of what, and that mails do not leave", async () => {
  verifies("alerts:cli:commands");
  const stopped = { ...alert, enabled: false, disabled_reason: "It answered 410 Gone." };
  const { stdout, stderr } = await call(["alerts", "list", "hello-worker"], {
    listAlerts: () => [alert, stopped],
  });
  expect(stdout).toMatch(/alt_0+1 +failed +https:\/\/example.com\/hook +ada@example.com +on\n/);
  expect(stdout).toContain("It answered 410 Gone.");
  expect(stderr).toContain("no mail provider is configured");
  await edge?.close();
  const none = await call(["alerts", "list", "hello-worker"], { listAlerts: () => [] });
  expect(none.stderr).toContain("floom alerts add hello-worker");
});

it("alerts add sends what was asked for and prints the secret once", async () => {
  verifies("alerts:cli:commands");
  const secret = "whsec_c2VjcmV0";
  const argv = [
    "alerts",
    "add",
    "hello-worker",
    "--url",
    "https://example.com/hook",
    "-e",
    "ada@example.com",
  ];
  const { stdout } = await call([...argv, "--on", "completed", "--on", "schedule_missed"], {
    createAlert: () => ({ ...alert, secret, previous_secret_valid_until: null }),
  });
  expect(stdout).toContain(`Signing secret, shown this once: ${secret}`);
  expect(edge?.requests[0]?.json()).toEqual({
    url: "https://example.com/hook",
    email_to: ["ada@example.com"],
    on: ["completed", "schedule_missed"],
  });
});

it("alerts add wants an address and known events before it asks anybody", async () => {
  const nothing = await call(["alerts", "add", "hello-worker"], {});
  expect(nothing.exitCode).toBe(2);
  expect(nothing.stderr).toContain("--url, --email, or both");
  await edge?.close();
  const unknown = await call(
    ["alerts", "add", "hello-worker", "--email", "a@example.com", "--on", "lost"],
    {},
  );
  expect(unknown.exitCode).toBe(2);
  expect(unknown.stderr).toContain("not lost");
  expect(edge?.requests).toEqual([]);
});

it("alerts test says by its exit code whether the message arrived", async () => {
  verifies("alerts:cli:commands");
  const argv = ["alerts", "test", "hello-worker", alert.id];
  const failed = await call(argv, { testAlert: () => [buildDelivery()] });
  expect(failed.exitCode).toBe(1);
  expect(failed.stdout).toContain("https://example.com/hook: failed It answered 500.");
  await edge?.close();
  const arrived = await call(argv, {
    testAlert: () => [buildDelivery({ status: "delivered", attempts: [] })],
  });
  expect(arrived.exitCode).toBe(0);
});

it("alerts deliveries, redeliver and remove name what they are about", async () => {
  verifies("alerts:cli:commands");
  const place = ["hello-worker", alert.id];
  const listed = await call(["alerts", "deliveries", ...place, "--limit", "999"], {
    listAlertDeliveries: () => [buildDelivery()],
  });
  expect(listed.stdout).toMatch(
    /dlv_0+1 +run.failed +https:\/\/example.com\/hook +1 day ago +1 +failed It answered 500./,
  );
  expect(edge?.requests[0]?.query).toEqual({ limit: "200" });
  await edge?.close();
  const again = await call(["alerts", "redeliver", ...place, `dlv_${body}1`], {
    redeliverAlert: () => buildDelivery({ status: "pending" }),
  });
  expect(again.stdout).toBe(`dlv_${body}1 is on its way again.\n`);
  await edge?.close();
  const removed = await call(["alerts", "remove", ...place], { deleteAlert: () => undefined });
  expect(removed.stdout).toBe(`Removed ${alert.id}.\n`);
  expect(edge?.requests[0]?.params).toEqual({ worker: "hello-worker", alert: alert.id });
});
