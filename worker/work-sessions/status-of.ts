import type { WorkSessionStatus } from "#contract/work-sessions/work-session";

/** What is known of a session's life; times in epoch milliseconds. */
export interface SessionLife {
  last_seen_at: number;
  lapse_seconds: number;
  ended_at: number | null;
}

/** When a session lapses if nothing is heard of it, epoch milliseconds. Pure. */
export function lapsesAt({ last_seen_at, lapse_seconds }: SessionLife): number {
  return last_seen_at + lapse_seconds * 1000;
}

/** Where a session stands at `now`. Nobody looks after it: it is read off when it was last heard of. Pure. */
export function statusOf(life: SessionLife, now: number): WorkSessionStatus {
  if (life.ended_at !== null) return "ended";
  return now < lapsesAt(life) ? "active" : "lapsed";
}
