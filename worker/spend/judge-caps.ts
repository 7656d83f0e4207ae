import { SPEND_WARNING_SHARE } from "#contract/spend/spend";
import type { MemberCaps, SpendPeriod, SpendScope, SpendState } from "#contract/spend/spend";
import type { StoredSettings } from "../catalog/workspace-settings.ts";
import { startOfDay } from "./spend-period.ts";
import type { SpendPeriods } from "./spend-period.ts";

/** Amounts are counted in billionths of a dollar. */
export const NANO_USD = 1_000_000_000;

/** What the server says where a workspace has set nothing, in dollars; null for no cap. */
export interface DefaultCaps {
  daily: number | null;
  monthly: number | null;
  userDaily: number | null;
  userMonthly: number | null;
}

/** All that is set on what one spender may spend. */
export interface CapSources {
  settings: Pick<
    StoredSettings,
    | "daily_spend_cap_usd"
    | "monthly_spend_cap_usd"
    | "user_daily_spend_cap_usd"
    | "user_monthly_spend_cap_usd"
  >;
  /** Null where it is nobody's account that spends, or they are no member any more. */
  member: MemberCaps | null;
  isPerson: boolean;
  workerCapUsd: number | null;
  defaults: DefaultCaps;
}

/** One cap, in dollars. */
export interface Cap {
  scope: SpendScope;
  period: SpendPeriod;
  capUsd: number | null;
}

/** What one spender, their worker and the workspace have spent, in billionths of a dollar. */
export interface SpendSums {
  workspaceDay: number;
  workspaceMonth: number;
  userDay: number;
  userMonth: number;
  workerMonth: number;
}

/** The caps on somebody's spending: what is set nearer to them takes the place of what is set for all. Pure. */
export function listCaps({ settings, member, isPerson, workerCapUsd, defaults }: CapSources): Cap[] {
  const caps: Cap[] = [
    { scope: "workspace", period: "day", capUsd: settings.daily_spend_cap_usd ?? defaults.daily },
    { scope: "workspace", period: "month", capUsd: settings.monthly_spend_cap_usd ?? defaults.monthly },
    { scope: "worker", period: "month", capUsd: workerCapUsd },
  ];
  if (!isPerson) return caps;
  const daily = member?.daily_spend_cap_usd ?? settings.user_daily_spend_cap_usd ?? defaults.userDaily;
  const monthly =
    member?.monthly_spend_cap_usd ?? settings.user_monthly_spend_cap_usd ?? defaults.userMonthly;
  return caps.concat(
    { scope: "user", period: "day", capUsd: daily },
    { scope: "user", period: "month", capUsd: monthly },
  );
}

function spentOf(sums: SpendSums, { scope, period }: Cap): number {
  if (scope === "worker") return sums.workerMonth;
  if (scope === "user") return period === "day" ? sums.userDay : sums.userMonth;
  return period === "day" ? sums.workspaceDay : sums.workspaceMonth;
}

/** How each cap stands. Pure. */
export function describeCaps(caps: readonly Cap[], sums: SpendSums, periods: SpendPeriods): SpendState[] {
  return caps.map((cap) => {
    const spent = spentOf(sums, cap) / NANO_USD;
    const resetsAt = startOfDay(cap.period === "day" ? periods.day + 1 : periods.monthTo);
    return {
      scope: cap.scope,
      period: cap.period,
      spent_usd: spent,
      cap_usd: cap.capUsd,
      warning: cap.capUsd !== null && spent >= cap.capUsd * SPEND_WARNING_SHARE,
      resets_at: new Date(resetsAt).toISOString(),
    };
  });
}

/** The cap of which least is left; undefined where nothing is capped. Pure. */
export function findTightest(
  states: readonly SpendState[],
): { state: SpendState; leftNanoUsd: number } | undefined {
  const left = states.flatMap((state) =>
    state.cap_usd === null
      ? []
      : { state, leftNanoUsd: Math.round((state.cap_usd - state.spent_usd) * NANO_USD) },
  );
  return left.toSorted((a, b) => a.leftNanoUsd - b.leftNanoUsd)[0];
}
