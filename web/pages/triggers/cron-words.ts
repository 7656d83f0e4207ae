import cronstrue from "cronstrue";

/** A cron expression in words; the expression itself where it is none. Pure. */
export function describeCron(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true });
  } catch {
    return cron;
  }
}
