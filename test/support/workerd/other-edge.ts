import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { buildApp } from "../../../worker/app.ts";
import type { EdgeEnv } from "../../../worker/env.ts";
import { ownerToken } from "./api-harness.ts";
import type { ApiCall } from "./api-harness.ts";

/** An edge over the same storage and objects with other settings or bindings than the tests' own has. */
export function openOtherEdge(change: Partial<EdgeEnv>) {
  const app = buildApp();
  const otherEnv = { ...env, ...change } as EdgeEnv;
  return {
    env: otherEnv,
    /** One request and all that goes on behind its answer, as the owner unless told otherwise; `origin` is what stands in its Host header. */
    call: async (
      method: string,
      path: string,
      { origin = "http://floom.test", ...call }: ApiCall & { origin?: string } = {},
    ): Promise<Response> => {
      const headers: Record<string, string> = { ...call.headers };
      const token = call.token ?? ownerToken;
      if (token !== "") headers["authorization"] = `Bearer ${token}`;
      if (call.json !== undefined) headers["content-type"] ??= "application/json";
      const body = call.json === undefined ? call.body : JSON.stringify(call.json);
      const request = new Request(`${origin}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
      });
      const context = createExecutionContext();
      const answer = await app.fetch(request, otherEnv, context);
      await waitOnExecutionContext(context);
      return answer;
    },
  };
}
