import type { CalendarSlot } from "./calendar.ts";

/** Whether somebody should look at it: it failed, was refused or missed, or began late. Pure. */
export function isTrouble({ state, run_status: status, is_late: isLate }: CalendarSlot): boolean {
  return isLate || status === "failed" || state === "refused" || state === "missed";
}
