import type { RunSpec } from "./run-spec.ts";

/** Whose money a run spends, and by which caps. */
export interface Spender {
  workspaceId: string;
  workerId: string;
  /** The account that asked for it; empty where none did. */
  userId: string;
  /** The month's cap that the worker's version says; null for none. */
  workerCapUsd: number | null;
}

/** The first account among those who asked for a run; empty where a token or a trigger asked that is nobody's. Pure. */
export function payerOf({
  requester,
  co_requesters: others = [],
}: Pick<RunSpec, "requester" | "co_requesters">): string {
  return [requester, ...others].find((id) => id?.startsWith("usr_")) ?? "";
}

/** Whose money a run spends. Pure. */
export function spenderOf(spec: RunSpec): Spender {
  return {
    workspaceId: spec.workspace_id,
    workerId: spec.worker_id,
    userId: payerOf(spec),
    workerCapUsd: spec.max_monthly_cost_usd,
  };
}
