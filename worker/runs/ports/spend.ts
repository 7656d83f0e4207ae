import type { SpendState } from "#contract/spend/spend";
import type { RunState } from "../lifecycle/run-state.ts";
import { affordableMs, sandboxNanoUsd, endOfWork } from "../lifecycle/sandbox-cost.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { payerOf, spenderOf } from "../spec/spender.ts";
import type { Spender } from "../spec/spender.ts";

/** What a run asks of those who count money. */
export interface SpendPort {
  /** What the tightest of the caps leaves, in billionths of a dollar: 0 or less where one is reached, null where there is none. */
  findLeft: (spender: Spender) => Promise<number | null>;
  /** The caps of which at least the share is spent from which on people are told. */
  findWarnings: (spender: Spender) => Promise<SpendState[]>;
  /** Looks whether the worker of a run that has cost something costs unusually much today. */
  watch: (run: { workspaceId: string; runId: string; worker: { id: string; name: string } }) => Promise<void>;
}

/** What a run has cost, in billionths of a dollar, whose spending that is, and when it came to it. */
export interface RunSpending {
  nanoUsd: number;
  userId: string;
  at: number;
}

/** For how long the caps pay a sandbox of the run that begins now, in milliseconds; null where none is on it. */
export async function askAffordable(port: SpendPort, spec: RunSpec): Promise<number | null> {
  // What costs nothing is held back by no cap, and nobody has to be asked.
  if (spec.usd_per_second === 0 && spec.agent === null) return null;
  const left = await port.findLeft(spenderOf(spec));
  // An agent asks again before each turn: what that will cost nobody knows.
  if (spec.agent !== null) return left !== null && left <= 0 ? 0 : null;
  return left === null ? null : affordableMs(left, spec.usd_per_second);
}

/** What the run's row is to say of its cost; undefined before its script has ended, and where it has cost nothing. Pure. */
export function describeSpending(spec: RunSpec, state: RunState): RunSpending | undefined {
  const at = endOfWork(state) ?? state.ended_at;
  if (at === null) return undefined;
  const nanoUsd = sandboxNanoUsd(state, spec.usd_per_second, at) + state.model_nano_usd;
  return nanoUsd === 0 ? undefined : { nanoUsd, userId: payerOf(spec), at };
}

/** The caps that are nearly used up, or are, now that the run has been counted. */
export async function askWarnings(port: SpendPort, spec: RunSpec, state: RunState): Promise<SpendState[]> {
  return describeSpending(spec, state) === undefined ? [] : port.findWarnings(spenderOf(spec));
}

/** Has the spending of the run's worker looked at, now that the run has been counted. */
export async function watchSpending(port: SpendPort, spec: RunSpec, state: RunState): Promise<void> {
  if (describeSpending(spec, state) === undefined) return;
  const worker = { id: spec.worker_id, name: spec.worker_name };
  await port.watch({ workspaceId: spec.workspace_id, runId: spec.run_id, worker });
}
