import { afterEach, expect, it } from "vitest";
import type { AuditEvent } from "#contract/audit/audit";
import { auditEventIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

const event: AuditEvent = {
  id: auditEventIdSchema.parse(`evt_${"0".repeat(26)}`),
  at: "2026-01-01T23:59:00.000Z",
  event: "request",
  worker: null,
  tool: null,
  run_id: null,
  action: "setSecret",
  outcome: "refused",
  code: "insufficient_scope",
  actor: { kind: "token", id: "tok_1", user_id: null },
  resource: { kind: "secret", id: "API_KEY" },
  request_id: "req_1",
  address: "loopback",
  details: {},
};

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
});

it("lists who changed what, filtered, for people and for programs", async () => {
  edge = await startFakeEdge({ listAuditEvents: () => ({ events: [event], next_cursor: null }) });
  const shown = await callCli(["audit", "list", "--outcome", "refused"], { edge });
  for (const word of ["tok_1", "setSecret", "secret/API_KEY", "refused: insufficient_scope"])
    expect(shown.stdout).toContain(word);
  const json = await callCli(["audit", "list", "--json"], { edge });
  expect(JSON.parse(json.stdout)).toEqual({ events: [event], next_cursor: null });
});
