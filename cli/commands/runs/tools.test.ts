import { afterEach, expect, it } from "vitest";
import type { ToolCall } from "#contract/tool-calls/tool-call";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { sampleRunId } from "../../../test/support/sample-records.ts";
import { verifies } from "../../../test/verifies.ts";

let edge: FakeEdge | undefined;
afterEach(() => edge?.close());

const call = (change: Partial<ToolCall> = {}): ToolCall => ({
  id: "1.1",
  run_id: sampleRunId,
  attempt: 1,
  call_id: "c1",
  tool: "send_mail",
  source: "http",
  effect: "write",
  method: "POST",
  status: "answered",
  code: null,
  message: null,
  arguments: { to: "ada@example.com" },
  request: { method: "POST", url: "https://api.example.com/mails" },
  answer: { id: 7 },
  approval_id: null,
  edited: false,
  rule: null,
  reason: null,
  started_at: "2026-01-01T00:00:00.000Z",
  ended_at: "2026-01-01T00:00:01.500Z",
  duration_ms: 1500,
  ...change,
});
const denied = call({
  id: "1.2",
  tool: "drop",
  status: "denied",
  code: "tier_forbids",
  message: "A worker of tier 1 may not.",
  duration_ms: null,
});

async function openEdge(pages: readonly ToolCall[][]): Promise<FakeEdge> {
  edge = await startFakeEdge({
    listToolCalls: ({ query }) => {
      const at = Number(query["cursor"] ?? 0);
      return { tool_calls: pages[at], next_cursor: at + 1 < pages.length ? String(at + 1) : null };
    },
  });
  return edge;
}

it("shows each call of a run from every page, with what became of it and why", async () => {
  verifies("gate:records:listed");
  const opened = await openEdge([[call()], [denied]]);
  const { exitCode, stdout } = await callCli(["runs", "tools", sampleRunId], { edge: opened });
  expect(exitCode).toBe(0);
  const [, first, second] = stdout.split("\n");
  expect(first).toMatch(/^1\.1 +send_mail +write POST +answered +1\.5\s?s/);
  expect(second).toMatch(/^1\.2 +drop .*denied \(tier_forbids\).*A worker of tier 1 may not\./);
});

it("prints the whole record as one document with --json", async () => {
  const opened = await openEdge([[call()], [denied]]);
  const { stdout } = await callCli(["runs", "tools", sampleRunId, "--json"], { edge: opened });
  expect(JSON.parse(stdout)).toEqual({ tool_calls: [call(), denied], next_cursor: null });
});

it("says so where a run has called none", async () => {
  const opened = await openEdge([[]]);
  const { exitCode, stderr } = await callCli(["runs", "tools", sampleRunId], { edge: opened });
  expect(exitCode).toBe(0);
  expect(stderr).toContain("called no tools");
});
