import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { ErrorNotice } from "./error-notice.tsx";
import { Skeleton } from "./skeleton.tsx";

interface LoadedProps<T> {
  query: Pick<UseQueryResult<T>, "data" | "isPending" | "isError" | "error" | "refetch">;
  /** What is being loaded, for who does not see the grey bars: `the secrets`. */
  what: string;
  rows?: number;
  children: (data: T) => ReactNode;
}

/** What was asked for, once it is there; until then its outline, and what went wrong if something did. */
export function Loaded<T>({ query, what, rows = 4, children }: LoadedProps<T>) {
  return (
    <>
      {query.isPending && <Skeleton rows={rows} label={`Loading ${what}`} />}
      {query.isError && <ErrorNotice error={query.error} onRetry={() => void query.refetch()} />}
      {query.data !== undefined && children(query.data)}
    </>
  );
}

interface MoreProps {
  pages: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };
}

/** Brings the next page of a list; nothing at its end. */
export function More({ pages }: MoreProps) {
  if (!pages.hasNextPage) return null;
  return (
    <p>
      <button type="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
        {pages.isFetchingNextPage ? "Loading …" : "Show more"}
      </button>
    </p>
  );
}
