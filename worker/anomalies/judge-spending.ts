import { limits } from "#contract/limits";

/** So many days have to have cost something before there is a usual one. */
const LEAST_DAYS = 3;

/** What a worker has cost, in dollars: today, and on each day before that cost something. */
export interface DailySpending {
  today: number;
  before: readonly number[];
}

/** What a day of the worker usually costs, where today costs unusually much; null where it does not. Pure. */
export function judgeSpending({ today, before }: DailySpending): { usual: number } | null {
  if (before.length < LEAST_DAYS || today < limits.anomaly_spend_least_usd.value) return null;
  const usual = before.reduce((sum, cost) => sum + cost, 0) / before.length;
  return today > usual * limits.anomaly_spend_factor.value ? { usual } : null;
}
