import { within } from "../within.ts";
import type { After } from "../within.ts";

/** How long an alarm waits for a part; one that takes longer goes on behind it. */
const PART_MS = 30_000;

/**
 * A WorkerObject is made of parts, each with its own tables and its own times. They share the object's one alarm: it
 * stands at the earliest time any part wants to be woken.
 */
export interface ObjectPart {
  /** When this part wants to be woken, epoch milliseconds; null when it waits for nothing. */
  nextWake(): number | null;
  /** Does what is due. Repeatable: after a crash it is called again. */
  wake(now: number): Promise<void>;
}

/** What the object lends its parts. */
export interface PartTools {
  sql: SqlStorage;
  /** Runs a statement that writes, and counts its rows. */
  write: (query: string, ...values: SqlStorageValue[]) => void;
  /** To be called whenever `nextWake` may have become earlier. */
  rearm: () => void;
  /** Goes on with work behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** The earliest time any of the parts wants to be woken. */
export function earliestWake(parts: readonly Pick<ObjectPart, "nextWake">[]): number | null {
  const times = parts.flatMap((part) => part.nextWake() ?? []);
  return times.length > 0 ? Math.min(...times) : null;
}

/**
 * Wakes the parts side by side, the first of them first: none waits for another, and the trouble of one does not silence
 * the others. Answers what went wrong.
 */
export async function wakeParts(
  parts: readonly Pick<ObjectPart, "wake">[],
  now: number,
  after: After,
): Promise<unknown[]> {
  const woken = await Promise.allSettled(parts.map((part) => within(after, PART_MS, () => part.wake(now))));
  return woken.flatMap((one): unknown[] => (one.status === "rejected" ? [one.reason] : []));
}
