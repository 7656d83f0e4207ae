import { afterEach, expect, it } from "vitest";
import { streamedAuditEventSchema } from "#contract/audit/audit";
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

it("follows the record across connections from where it was, also where the filters chose nothing, until it is interrupted", async () => {
  const interrupt = new AbortController();
  const seen: unknown[] = [];
  edge = await startFakeEdge({
    streamAuditEvents: ({ response, headers, query }) => {
      seen.push([headers["last-event-id"], query["outcome"]]);
      response.writeHead(200, { "content-type": "text/event-stream" });
      const tell = (seq: number, data: object) =>
        response.write(`id: ${seq}\ndata: ${JSON.stringify(data)}\n\n`);
      if (seen.length === 1) {
        tell(4, { ...event, seq: 4 });
        tell(7, { seq: 7 });
        response.end();
      } else {
        // A repeat must change nothing.
        tell(4, { ...event, seq: 4 });
        tell(8, { ...event, seq: 8, action: "deleteSecret" });
        setTimeout(() => interrupt.abort(), 50);
      }
    },
  });
  const { exitCode, stdout } = await callCli(["audit", "tail", "--outcome", "refused", "--json"], {
    edge,
    interrupt: interrupt.signal,
  });
  expect(exitCode).toBe(130);
  expect(seen).toEqual([
    [undefined, "refused"],
    ["7", "refused"],
  ]);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => streamedAuditEventSchema.parse(JSON.parse(line)));
  expect(lines.map(({ seq, action }) => [seq, action])).toEqual([
    [4, "setSecret"],
    [8, "deleteSecret"],
  ]);
});
