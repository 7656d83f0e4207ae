/** Whether somebody can see the page, and how one is told that it changed. */
export interface Sight {
  isSeen: () => boolean;
  /** Calls `onChange` at each change until `signal` is aborted. */
  listen: (onChange: () => void, signal: AbortSignal) => void;
}

/** The tab that the page stands in. */
export const tabSight: Sight = {
  isSeen: () => document.visibilityState !== "hidden",
  listen: (onChange, signal) => document.addEventListener("visibilitychange", onChange, { signal }),
};

/** Resolves once the page is seen: at once where it is. Rejects with the abort's reason. */
export async function whenSeen(sight: Sight, signal: AbortSignal): Promise<void> {
  if (sight.isSeen()) return;
  await new Promise<void>((resolve, reject) => {
    const done = new AbortController();
    signal.addEventListener("abort", () => reject(signal.reason), { signal: done.signal });
    sight.listen(
      () => {
        if (!sight.isSeen()) return;
        done.abort();
        resolve();
      },
      AbortSignal.any([signal, done.signal]),
    );
  });
}

/** A signal that is aborted once the page was out of sight for `graceMs`; it listens until `signal` is aborted. */
export function outOfSight(sight: Sight, graceMs: number, signal: AbortSignal): AbortSignal {
  const gone = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    clearTimeout(timer);
    if (!sight.isSeen()) timer = setTimeout(() => gone.abort(), graceMs);
  };
  sight.listen(look, signal);
  signal.addEventListener("abort", () => clearTimeout(timer));
  look();
  return gone.signal;
}
