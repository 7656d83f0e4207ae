import { QueryClient, focusManager } from "@tanstack/react-query";

/**
 * Has queries ask again when the window gets the focus. By itself the library looks at the page's visibility alone; who
 * comes back from a terminal beside it wants news, too.
 */
export function refreshOnFocus(window: Window): void {
  focusManager.setEventListener((onFocus) => {
    const tell = (): void => onFocus();
    window.addEventListener("focus", tell);
    window.addEventListener("visibilitychange", tell);
    return () => {
      window.removeEventListener("focus", tell);
      window.removeEventListener("visibilitychange", tell);
    };
  });
}

/**
 * Memory of what the API answered; one for each token, so that nobody sees another's. Every answer may be old: it is shown at once and asked for again. A failure is told
 * at once, with a way to try again, instead of being tried again in silence.
 */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: false, refetchOnWindowFocus: "always", networkMode: "always" } },
  });
}

/**
 * When a query asks again by itself: as long after its last answer as `refreshMs` says for that, in milliseconds, false
 * for not at all. One that failed waits for the person.
 */
export function refreshAfter<T>(
  { data, status }: { data: T | undefined; status: string },
  refreshMs: (value: T) => number | false,
): number | false {
  return data === undefined || status === "error" ? false : refreshMs(data);
}
