import type { Json } from "#contract/json";
import type { RunnerResult } from "#contract/runner/runner";
import { buildEdgeResult } from "../attempts/program.ts";
import type { Program, StepReport } from "../attempts/program.ts";
import type { Clock } from "../platform/clock.ts";
import type { GateReply, ToolWish } from "../tools/gate-api.ts";

/** What a run of a declared HTTP tool needs of the gate. */
export interface HttpProgramDeps {
  call: (wish: ToolWish, signal: AbortSignal) => Promise<GateReply>;
  /** Puts on the record of changes what it has not heard. */
  tellRest: () => Promise<void>;
  clock: Clock;
}

/** So long it waits for a decision before it looks by itself; it is called when there is one. */
const LOOK_AGAIN_MS = 3_600_000;

/** One call through the gate, and its answer as the run's result. The gate keeps what must be known after a crash. */
export function createHttpProgram(wish: ToolWish, { call, tellRest, clock }: HttpProgramDeps): Program {
  return {
    step: async (signal) => {
      const began = clock();
      const reply = await call(wish, signal);
      const now = clock();
      if (reply.kind === "held") return { entries: [], next: { kind: "at", at: now + LOOK_AGAIN_MS } };
      if (reply.kind === "later") return { entries: [], next: { kind: "at", at: reply.retry_at } };
      await tellRest();
      return endWith(reply, { now, wallMs: Math.max(0, now - began) });
    },
  };
}

function endWith(
  reply: Extract<GateReply, { kind: "answered" | "denied" }>,
  { now, wallMs }: { now: number; wallMs: number },
): StepReport {
  const result = buildEdgeResult({ now, wallMs }, { outcome: "failure", ...outcomeOf(reply) });
  return { entries: [result], next: { kind: "ended" } };
}

const KEPT_RAW = 4096;

function outcomeOf(reply: Extract<GateReply, { kind: "answered" | "denied" }>): Partial<RunnerResult> {
  if (reply.kind === "denied") return { error_code: reply.code, error: reply.message, outputs: {} };
  const { answer } = reply;
  if (answer.ok) {
    const more = answer.more === true ? { has_more: true } : {};
    return { outcome: "success", outputs: { result: answer.content, ...more } };
  }
  return {
    error_code: answer.code,
    error: answer.message,
    error_raw: answer.content === undefined ? null : rawOf(answer.content),
    outputs: {},
  };
}

function rawOf(content: Json): string {
  return JSON.stringify(content).slice(0, KEPT_RAW);
}
