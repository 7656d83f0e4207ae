import { eq, lt, sql } from "drizzle-orm";
import type { Db } from "../../platform/db/client.ts";
import { rateCounters } from "../../platform/db/schema/rates.ts";
import { MOST_SKEW_MS } from "./take-turn.ts";
import type { Pace } from "./take-turn.ts";

/**
 * See takeTurn: the same in one statement, which the database does before or after any other but never beside it. What
 * clocks have written before cannot be known here: a count further ahead than a window leads was written by a clock that
 * has been set back since, and says nothing.
 */
export async function takeTurnExactly(
  db: Db,
  key: string,
  { pace, now }: { pace: Pace; now: number },
): Promise<number> {
  const { requests, windowMs } = pace;
  const step = Math.ceil(windowMs / requests);
  const setBack = now + windowMs + MOST_SKEW_MS;
  const next = sql`iif(${rateCounters.until} > ${setBack}, ${now}, max(${rateCounters.until}, ${now})) + ${step}`;
  const taken = await db
    .insert(rateCounters)
    .values({ key, until: now + step })
    .onConflictDoUpdate({
      target: rateCounters.key,
      set: { until: next },
      setWhere: sql`${next} <= ${now + windowMs}`,
    })
    .returning({ until: rateCounters.until });
  if (taken.length > 0) return 0;
  const [row] = await db.select().from(rateCounters).where(eq(rateCounters.key, key)).limit(1);
  return Math.max(1, (row?.until ?? now) + step - now - windowMs);
}

/** Takes away what says nothing any more. */
export async function forgetOldCounters(db: Db, now: number): Promise<void> {
  await db.delete(rateCounters).where(lt(rateCounters.until, now));
}
