import { createContext, use } from "react";
import { ApiProblem, createClient } from "#contract/client";
import type { Client, RequestLike } from "#contract/client";

/** What pages get of the API: the typed client of the signed-in session. */
export type Api = Client<Response>;

/**
 * A client for `token` on the page's own origin. `onRefused` is told when the API does not accept the token. Without a
 * token the session's cookie says who asks, and `workspaceId` in which of their workspaces.
 */
export function createApi(token: string | undefined, onRefused: () => void, workspaceId?: string): Api {
  const client = createClient<Response>({
    origin: window.location.origin,
    token,
    fetch: (url, init) => window.fetch(url, inWorkspace(init, workspaceId)),
  });
  async function watch<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ApiProblem && error.problem.status === 401) onRefused();
      throw error;
    }
  }
  return {
    call: (route, options) => watch(client.call(route, options)),
    open: (route, options) => watch(client.open(route, options)),
  };
}

function inWorkspace(init: RequestLike, workspaceId: string | undefined): RequestLike {
  if (workspaceId === undefined) return init;
  return { ...init, headers: { ...init.headers, "x-workeros-workspace": workspaceId } };
}

export const ApiContext = createContext<Api | null>(null);

/** The API of the signed-in session; only for components below the signed-in part of the app. */
export function useApi(): Api {
  const api = use(ApiContext);
  if (api === null) throw new Error("useApi is called outside the signed-in part of the app");
  return api;
}
