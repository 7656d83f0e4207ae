/**
 * So long a test waits for what its requests have left to go on behind their answers: what is still under way then waits by
 * itself, for a run or for a client, and finds nothing stored any more; see `endTest`.
 */
const PATIENCE_MS = 500;

const underWay = new Set<Promise<unknown>>();

/** Notes what a request leaves to go on. */
export function watchWork(context: ExecutionContext): ExecutionContext {
  const leave = context.waitUntil.bind(context);
  context.waitUntil = (work: Promise<unknown>) => {
    leave(work);
    const ended = work
      .catch(() => undefined)
      .finally(() => {
        underWay.delete(ended);
      });
    underWay.add(ended);
  };
  return context;
}

/**
 * Waits until what was left has ended, so that it is done rather than refused in the middle where it takes a moment only.
 */
export async function letWorkEnd(): Promise<void> {
  if (underWay.size === 0) return;
  await waitAtMost(PATIENCE_MS, Promise.all(underWay));
  underWay.clear();
}

/** Waits until something has ended, and so many milliseconds at most. */
export async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  const late = scheduler.wait(ms, { signal: over.signal }).catch(() => undefined);
  await Promise.race([work, late]);
  over.abort();
}
