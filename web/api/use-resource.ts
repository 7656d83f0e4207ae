import { useCallback, useEffect, useRef, useState } from "react";

/** Something that is fetched. After the first answer the last value stays on the screen while a new one is fetched. */
export type Resource<T> =
  { state: "loading" } | { state: "failed"; error: unknown } | { state: "ready"; value: T };

export interface ResourceOptions<T> {
  /** Milliseconds until the next fetch, by the value on the screen; undefined stops asking. */
  refreshMs?: (value: T) => number | undefined;
}

/**
 * Fetches with `load` when it changes, when the window gets the focus, and as often as `refreshMs` says. `load` must
 * keep its identity as long as it asks for the same thing.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  { refreshMs }: ResourceOptions<T> = {},
): [Resource<T>, () => void] {
  const [resource, setResource] = useState<Resource<T>>({ state: "loading" });
  const [round, setRound] = useState(0);
  const interval = useRef(refreshMs);
  useEffect(() => {
    interval.current = refreshMs;
  });
  const reload = useCallback(() => setRound((count) => count + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    load(abort.signal).then(
      (value) => {
        if (abort.signal.aborted) return;
        setResource({ state: "ready", value });
        const delay = interval.current?.(value);
        if (delay !== undefined) timer = window.setTimeout(reload, delay);
      },
      (error: unknown) => {
        if (!abort.signal.aborted) setResource({ state: "failed", error });
      },
    );
    window.addEventListener("focus", reload);
    return () => {
      abort.abort();
      window.clearTimeout(timer);
      window.removeEventListener("focus", reload);
    };
  }, [load, round, reload]);

  return [resource, reload];
}
