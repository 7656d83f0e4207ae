import type { JournalEntry } from "#contract/runner/runner";

/** When a program wants to go on. `asks`: when somebody has decided, or at `at`. `ended`: its last entry was a result. */
export type NextStep =
  { kind: "again" } | { kind: "at"; at: number } | { kind: "asks"; at: number } | { kind: "ended" };

/** What one step has told; the entries go into the attempt's journal, as a sandbox's runner writes it. */
export interface StepReport {
  entries: readonly JournalEntry[];
  next: NextStep;
}

/**
 * What an attempt does that needs no sandbox: an agent's turns, a declared HTTP tool's call. A step is at most one turn of a
 * model or one call through the gate. What it decides lies in the attempt's storage before it acts, so that after a crash
 * the next step goes on from there; what it tells goes into the journal once, together with where it stands.
 */
export interface Program {
  step: () => Promise<StepReport>;
}
