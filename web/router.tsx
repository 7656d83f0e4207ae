import { useSyncExternalStore } from "react";
import type { MouseEvent, ReactNode } from "react";

/** The pages of the app by address. */
export type Place =
  { page: "home" } | { page: "worker"; worker: string } | { page: "run"; run: string } | { page: "missing" };

/** Reads a path of the address bar. */
export function parsePlace(path: string): Place {
  const [first, second, ...rest] = path.split("/").filter((part) => part !== "");
  if (first === undefined) return { page: "home" };
  if (second === undefined || rest.length > 0) return { page: "missing" };
  const name = decodeName(second);
  if (first === "workers" && name !== undefined) return { page: "worker", worker: name };
  if (first === "runs" && name !== undefined) return { page: "run", run: name };
  return { page: "missing" };
}

function decodeName(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function subscribe(onChange: () => void): () => void {
  window.addEventListener("popstate", onChange);
  return () => window.removeEventListener("popstate", onChange);
}

/** The current path; the component renders again when it changes. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, () => window.location.pathname);
}

/** Goes to another page of the app without loading the document again. */
export function goTo(path: string): void {
  window.history.pushState(null, "", path);
  window.dispatchEvent(new PopStateEvent("popstate"));
  window.scrollTo(0, 0);
}

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

/** A link to another page of the app; a click with a modifier key keeps its usual meaning. */
export function Link({ to, className, children }: { to: string; className?: string; children: ReactNode }) {
  function follow(event: MouseEvent): void {
    if (!isPlainClick(event)) return;
    event.preventDefault();
    goTo(to);
  }
  return (
    <a href={to} className={className} onClick={follow}>
      {children}
    </a>
  );
}
