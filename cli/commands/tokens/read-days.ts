import { tokenLimits } from "#contract/tokens/limits";
import { usageError } from "../../cli-error.ts";

const daysOf: Record<string, number> = { d: 1, w: 7, y: 365 };

/** A time like `90d`, `12w` or `1y` in days. Throws for what is none, and for more than a token can live. Pure. */
export function readDays(text: string): number {
  const [, count, unit = "d"] = /^(\d{1,4})([dwy]?)$/.exec(text) ?? [];
  const days = Number(count) * (daysOf[unit === "" ? "d" : unit] ?? 1);
  const most = tokenLimits.token_days.value;
  if (days >= 1 && days <= most) return days;
  throw usageError(`A token cannot live for ${text}.`, `Write 1d to ${most}d, e.g. 90d, 12w or 1y.`);
}
