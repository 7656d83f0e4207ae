import { expect, it } from "vitest";
import { agentLimits } from "../agents/limits.ts";
import { linesOf, runEventSchema } from "./run-event.ts";
import type { RunEvent } from "./run-event.ts";
import type { AgentPart } from "../agents/agent-part.ts";
import { buildToldCalls, buildTranscript } from "./build-transcript.ts";

let seq = 0;
const tell = (
  part: AgentPart | { type: "log"; level: "info"; stream: "stdout"; message: string },
): RunEvent => runEventSchema.parse({ ...part, seq: ++seq, timestamp: "2026-03-02T09:00:00.000Z" });
const call = (callId: string): AgentPart => ({
  type: "tool-call",
  callId,
  toolName: "ping",
  args: { n: 1 },
  args_preview: '{"n":1}',
});
const result = (callId: string, text: string, isError = false): AgentPart => ({
  type: "tool-result",
  callId,
  toolName: "ping",
  result: text,
  result_preview: text,
  isError,
});

it("reads what an agent says and does as lines of the log", () => {
  const events = [
    tell({ type: "step-start", stepNumber: 1 }),
    tell({ type: "reasoning", text: "Hm." }),
    tell({ type: "text", text: "One.\nTwo." }),
    tell(call("a")),
    tell(result("a", "pong")),
    tell(result("a", "down", true)),
    tell({ type: "tool-approval-pending", callId: "b", toolName: "pay", approval_id: "apr_1", label: "Pay" }),
    tell({
      type: "finish",
      turns: 2,
      input_tokens: 30,
      output_tokens: 4,
      total_cost_usd: 0.01,
      cost_is_partial: true,
    }),
  ];
  expect(events.flatMap(linesOf).map(({ stream, level, message }) => [stream, level, message])).toEqual([
    ["stdout", "debug", "Hm."],
    ["stdout", "info", "One."],
    ["stdout", "info", "Two."],
    ["system", "info", '→ ping {"n":1}'],
    ["system", "info", "← ping pong"],
    ["system", "warning", "← ping failed: down"],
    ["system", "info", "pay waits for a person's approval."],
    ["system", "info", "2 turns, 30 tokens read and 4 written, $0.0100 and what has no known price."],
  ]);
});

it("tells the newest attempt of a run, and of that the newest parts", () => {
  const log = tell({ type: "log", level: "info", stream: "stdout", message: "a line" });
  const first = [tell({ type: "step-start", stepNumber: 1 }), tell({ type: "text", text: "old" })];
  const second = [log, tell({ type: "step-start", stepNumber: 1 }), tell({ type: "text", text: "new" })];
  expect(buildTranscript([...first, ...second])).toEqual([
    { type: "step-start", stepNumber: 1 },
    { type: "text", text: "new" },
  ]);
  const many = Array.from({ length: 500 }, (_, at) => tell({ type: "text", text: String(at) }));
  const told = buildTranscript([...second, ...many]);
  expect(told).toHaveLength(agentLimits.agent_told_parts.value);
  expect(told.at(-1)).toEqual({ type: "text", text: "499" });
  expect(buildTranscript([log])).toEqual([]);
});

it("pairs each call with its own result, also where an id comes again", () => {
  const parts = [
    call("a"),
    result("a", "one"),
    call("a"),
    call("b"),
    result("a", "two"),
    result("b", "no", true),
  ];
  expect(buildToldCalls([...parts, call("c"), result("x", "of none")])).toEqual([
    { id: "a", name: "ping", arguments: { n: 1 }, result: "one", error: null },
    { id: "a", name: "ping", arguments: { n: 1 }, result: "two", error: null },
    { id: "b", name: "ping", arguments: { n: 1 }, result: null, error: "no" },
    { id: "c", name: "ping", arguments: { n: 1 }, result: null, error: null },
  ]);
});
