import { expect, it } from "vitest";
import type { GateReply, ToolAnswer } from "../tools/gate-api.ts";
import { createHttpProgram } from "./http-program.ts";

const wish = { call_id: "run_1", tool: "pay", arguments: { amount: 3 } };
const NOW = 1000;

async function stepWith(reply: GateReply) {
  const asked: unknown[] = [];
  const call = async (wished: unknown) => {
    asked.push(wished);
    return reply;
  };
  const report = await createHttpProgram(wish, { call, tellRest: async () => {}, clock: () => NOW }).step(
    new AbortController().signal,
  );
  expect(asked).toEqual([wish]);
  return report;
}

it("ends with the answer as the output result", async () => {
  const report = await stepWith({ kind: "answered", edited: false, answer: { ok: true, content: [1] } });
  expect(report).toMatchObject({
    entries: [{ type: "result", outcome: "success", outputs: { result: [1] } }],
    next: { kind: "ended" },
  });
});

it("says beside a list that it goes on", async () => {
  const answer: ToolAnswer = { ok: true, content: [1], more: true };
  const report = await stepWith({ kind: "answered", edited: false, answer });
  expect(report.entries).toMatchObject([{ outputs: { result: [1], has_more: true } }]);
});

it("ends with the code and the words of a call that failed or was not made", async () => {
  const answer = { ok: false, code: "timeout", message: "Too slow.", retryable: true, sent: true } as const;
  const denied = { kind: "denied", code: "rejected", message: "No." } as const;
  expect((await stepWith({ kind: "answered", edited: false, answer })).entries).toMatchObject([
    { outcome: "failure", error_code: "timeout", error: "Too slow." },
  ]);
  expect((await stepWith(denied)).entries).toMatchObject([
    { outcome: "failure", error_code: "rejected", error: "No." },
  ]);
});

it("waits for people, and for its turn, and tells nothing meanwhile", async () => {
  const held = await stepWith({ kind: "held", approval_id: "apr_1" });
  expect(held).toMatchObject({ entries: [], next: { kind: "at", at: NOW + 3_600_000 } });
  expect(await stepWith({ kind: "later", retry_at: 5000 })).toEqual({
    entries: [],
    next: { kind: "at", at: 5000 },
  });
});
