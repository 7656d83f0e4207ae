import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import type { CallOptions } from "#contract/client";
import type { Route, RouteParams, RouteQueryInput, RouteResult } from "#contract/route";
import { useApi } from "./api-context.ts";
import type { Api } from "./api-context.ts";
import { refreshAfter } from "./queries.ts";

interface ReadOptions<R extends Route> {
  params?: RouteParams<R>;
  query?: Partial<RouteQueryInput<R>>;
  /** False while it is not wanted, or not known yet what to ask for. */
  enabled?: boolean;
  /** When it asks again by itself, from what it was answered last; false for not at all. */
  refreshMs?: (answer: RouteResult<R>) => number | false;
}

function asked<R extends Route>({ params, query }: ReadOptions<R>): CallOptions<R> {
  return { ...(params === undefined ? {} : { params }), ...(query === undefined ? {} : { query }) };
}

/** What a route answers, kept by what was asked: two places that ask the same show the same. */
export function useRead<R extends Route>(
  route: R,
  options: ReadOptions<R> = {},
): UseQueryResult<RouteResult<R>> {
  const api = useApi();
  const { params = {}, query = {}, enabled = true, refreshMs = () => false as const } = options;
  return useQuery({
    queryKey: [route.id, params, query],
    queryFn: ({ signal }) => api.call(route, { ...asked(options), signal }),
    enabled,
    refetchInterval: ({ state }) => refreshAfter<RouteResult<R>>(state, refreshMs),
  });
}

interface Paged {
  next_cursor: string | null;
}

/** Where a list goes on, and how asking for it is given up. */
interface PageWish {
  from: { cursor?: string };
  signal: AbortSignal;
}

/**
 * A list that is answered page by page; `fetchNextPage` brings the next one. What has come is asked for again by itself as
 * `refreshMs` says.
 */
export function useReadPages<Answer extends Paged>(
  key: readonly unknown[],
  load: (api: Api, wish: PageWish) => Promise<Answer>,
  refreshMs: (pages: readonly Answer[]) => number | false = () => false,
): UseInfiniteQueryResult<{ pages: Answer[]; pageParams: (string | undefined)[] }> {
  const api = useApi();
  const first: string | undefined = undefined;
  return useInfiniteQuery({
    queryKey: ["pages", ...key],
    queryFn: ({ signal, pageParam }: { signal: AbortSignal; pageParam: string | undefined }) =>
      load(api, { from: pageParam === undefined ? {} : { cursor: pageParam }, signal }),
    initialPageParam: first,
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
    refetchInterval: ({ state }) => refreshAfter(state, ({ pages }) => refreshMs(pages)),
  });
}
