import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { buildApp } from "../../../worker/app.ts";
import type { EdgeEnv } from "../../../worker/env.ts";
import { ownerToken } from "./api-harness.ts";
import type { ApiCall } from "./api-harness.ts";
import { bindToTest, withinTest } from "./end-with-test.ts";

/** `origin` is what stands in the request's Host header. */
type OtherCall = ApiCall & { origin?: string };

/** Where others can reach it an edge takes no key that is not chosen by chance, and the tests' own says that it is none. */
function keysFor(change: Partial<EdgeEnv>): Partial<EdgeEnv> {
  const url: string | undefined = change.FLOOM_PUBLIC_URL;
  const isReached = change.FLOOM_ENVIRONMENT === "production" || url?.startsWith("https://") === true;
  return isReached ? { FLOOM_SIGNING_KEY: crypto.randomUUID() } : {};
}

/** An edge over the same storage and objects with other settings or bindings than the tests' own has. */
export function openOtherEdge(change: Partial<EdgeEnv>) {
  const app = buildApp();
  const otherEnv = { ...env, ...keysFor(change), ...change } as EdgeEnv;
  const bound = bindToTest(otherEnv);
  const answer = async (
    method: string,
    path: string,
    { origin = "http://floom.test", ...call }: OtherCall = {},
  ) => {
    const headers: Record<string, string> = { ...call.headers };
    const token = call.token ?? ownerToken;
    if (token !== "") headers["authorization"] = `Bearer ${token}`;
    if (call.json !== undefined) headers["content-type"] ??= "application/json";
    const body = call.json === undefined ? call.body : JSON.stringify(call.json);
    const init = { method, headers, ...(body === undefined ? {} : { body }) };
    const context = createExecutionContext();
    const request = new Request(`${origin}${path}`, init);
    const response = await withinTest(() => app.fetch(request, bound, context));
    return { response, settled: () => waitOnExecutionContext(context) };
  };
  return {
    env: otherEnv,
    /** One request at the moment of its answer, and how to wait for all that goes on behind it. */
    answer,
    /** The answer to one request, once all is done that goes on behind it. */
    call: async (method: string, path: string, call: OtherCall = {}): Promise<Response> => {
      const { response, settled } = await answer(method, path, call);
      await settled();
      return response;
    },
  };
}
