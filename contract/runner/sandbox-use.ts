import { runnerLimits as limits } from "./limits.ts";

/**
 * One run's turn in a sandbox. The first goes by the sandbox's own id, so that nothing differs where sandboxes are used once;
 * a later one by `<id>#<use>@<made_at>`. What is told of a turn (read its journal, end it) thus needs no other word.
 */
export interface SandboxUse {
  sandboxId: string;
  /** Counts from 1. */
  use: number;
  /** When the sandbox was made, epoch milliseconds; null for the first, which does not say. */
  madeAt: number | null;
}

/** Reads the id of a turn. Pure. */
export function parseUse(id: string): SandboxUse {
  const [, sandboxId = id, use = "1", madeAt] = /^(.+)#(\d+)@(\d+)$/.exec(id) ?? [];
  return { sandboxId, use: Number(use), madeAt: madeAt === undefined ? null : Number(madeAt) };
}

/** Whether the turn is a later one: the sandbox is then not to be found by whom it was made for. Pure. */
export function isLaterUse(id: string | null): id is string {
  return id !== null && parseUse(id).use > 1;
}

/**
 * The id of the turn after this one; null where the sandbox has served long or often enough. `startedAt`: when the turn
 * that is over began, epoch milliseconds. Pure.
 */
export function nextUse(id: string, { startedAt, now }: { startedAt: number; now: number }): string | null {
  const { sandboxId, use, madeAt } = parseUse(id);
  const since = madeAt ?? startedAt;
  const isOld = now - since >= limits.sandbox_reuse_seconds.value * 1000;
  return isOld || use >= limits.sandbox_uses.value ? null : `${sandboxId}#${use + 1}@${since}`;
}
