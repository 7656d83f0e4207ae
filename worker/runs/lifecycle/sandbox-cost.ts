import type { RunnerResult } from "#contract/runner/runner";
import type { RunCost } from "#contract/spend/run-cost";
import type { RunState } from "./run-state.ts";

/** So many of it are a dollar: amounts are added up as whole numbers, so that no sum depends on its order. */
export const NANO_USD = 1_000_000_000;

/** Dollars as they are added up. Pure. */
export function toNanoUsd(usd: number): number {
  return Math.round(usd * NANO_USD);
}

/** What models had to do with a run once one more attempt of it is over. Pure. */
export function addModelUse(
  { model_nano_usd, model_tokens = 0 }: Pick<RunState, "model_nano_usd" | "model_tokens">,
  { model_usd, model_tokens: tokens }: RunnerResult["usage"],
): Pick<RunState, "model_nano_usd" | "model_tokens"> {
  const usd = model_nano_usd + toNanoUsd(model_usd ?? 0);
  return { model_nano_usd: usd, ...(tokens === undefined ? {} : { model_tokens: model_tokens + tokens }) };
}

/** When the script had ended that asks people since then; null for what is asked in the middle of an attempt. Pure. */
export function endOfWork({ hold }: Pick<RunState, "hold">): number | null {
  return hold === null || hold.in_place ? null : hold.since;
}

/** How long the run has had a sandbox in all its attempts, in milliseconds: from its start to the attempt's end. Pure. */
export function sandboxMs(state: RunState, now: number): number {
  const over = state.attempts.reduce(
    (sum, { started_at, ended_at }) => sum + (started_at === null ? 0 : Math.max(0, ended_at - started_at)),
    0,
  );
  const { attempt, attempt_started_at: startedAt, ended_at } = state;
  if (startedAt === null || state.attempts.at(-1)?.attempt === attempt) return over;
  return over + Math.max(0, (ended_at ?? endOfWork(state) ?? now) - startedAt);
}

/** What a run's sandboxes have cost, in billionths of a dollar. Pure. */
export function sandboxNanoUsd(state: RunState, usdPerSecond: number, now: number): number {
  return Math.round((sandboxMs(state, now) / 1000) * usdPerSecond * NANO_USD);
}

/** What a run has cost. Pure. */
export function buildCost(state: RunState, usdPerSecond: number, now: number): RunCost {
  const sandbox = sandboxNanoUsd(state, usdPerSecond, now) / NANO_USD;
  const model = state.model_nano_usd / NANO_USD;
  return { sandbox_usd: sandbox, model_usd: model, total_usd: sandbox + model };
}

/** For how long an amount pays a sandbox, in whole milliseconds. Pure. */
export function affordableMs(leftNanoUsd: number, usdPerSecond: number): number {
  return Math.max(0, Math.floor((leftNanoUsd / NANO_USD / usdPerSecond) * 1000));
}

/** When the caps leave the attempt's sandbox nothing more, epoch milliseconds; Infinity where none is on it. Pure. */
export function spendEndsAt({ phase, attempt_started_at: startedAt, spend_ms }: RunState): number {
  if (phase !== "running" || startedAt === null || spend_ms === null) return Infinity;
  return startedAt + spend_ms;
}
