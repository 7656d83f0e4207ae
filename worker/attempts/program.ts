import type { LiveText } from "#contract/agents/live-text";
import type { JournalEntry, RunnerResult } from "#contract/runner/runner";

/**
 * When a program wants to go on, epoch milliseconds. `at`: then, or as soon as somebody has decided what it waits for, of
 * which it is told at once. `ended`: its last entry was a result.
 */
export type NextStep = { kind: "again" } | { kind: "at"; at: number } | { kind: "ended" };

/** What one step has told; the entries go into the attempt's journal, as a sandbox's runner writes it. */
export interface StepReport {
  entries: readonly JournalEntry[];
  next: NextStep;
  /** Writes down what the program has to know of this step: in one write with its entries, so that both are there or neither. */
  save?: () => void;
}

/**
 * What an attempt does that needs no sandbox: an agent's turns, a declared HTTP tool's call. A step is at most one turn of a
 * model or one call through the gate. What has an effect is in the attempt's storage before it is done, so that after a
 * crash the next step goes on from there. Whoever stops the attempt aborts `signal`; what a step answers then is not heard.
 */
export interface Program {
  step: (signal: AbortSignal) => Promise<StepReport>;
}

/** Shows those who watch what a program is saying in a step that is not over. Returns at once; what cannot be shown is not. */
export type ShowLive = (live: LiveText) => void;

/** The result of an attempt that needed no sandbox; `told` is what it says besides, a success when nothing. Pure. */
export function buildEdgeResult(
  { now, wallMs }: { now: number; wallMs: number },
  told: Partial<RunnerResult>,
): RunnerResult {
  return {
    type: "result",
    at: now,
    outcome: "success",
    error_code: null,
    error: null,
    error_raw: null,
    exit_code: null,
    outputs: null,
    usage: { wall_ms: Math.max(0, Math.round(wallMs)), cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
    ...told,
  };
}
