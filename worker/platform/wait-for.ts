import type { Clock } from "./clock.ts";
import { idTime } from "./ids.ts";

/** What an id names may not be there yet while the id is younger than this. */
const YOUNG_MS = 15_000;
const FIRST_WAIT_MS = 5;
const LONGEST_WAIT_MS = 250;

interface WaitDeps {
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
}

/**
 * What `read` finds, waiting up to `graceMs` for it when `id` was made a moment ago: what is accepted is durable at
 * once, and shows a little later. Null when it is not there by then. The id must be well formed.
 */
export async function waitForYoung<T>(
  deps: WaitDeps,
  { id, graceMs }: { id: string; graceMs: number },
  read: () => Promise<T | null | undefined>,
): Promise<T | null> {
  const isYoung = Math.abs(deps.clock() - idTime(id)) < YOUNG_MS;
  const until = isYoung ? deps.clock() + graceMs : 0;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const found = await read();
    if (found) return found;
    if (deps.clock() >= until) return null;
    await deps.sleep(waitMs);
  }
}
