import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { expect, it } from "vitest";
import * as z from "zod";
import type { Principal, RunPrincipal } from "#contract/access/access";
import { problemSchema } from "#contract/problem";
import { defineRoute } from "#contract/route";
import { AppError, notFound } from "../platform/app-error.ts";
import { answerError } from "./answer-error.ts";
import { mount } from "./mount.ts";
import type { Gate, RouteHandlers } from "./mount.ts";
import { openContext } from "./request-context.ts";
import type { EdgeHono } from "./request-context.ts";

const answer = { kind: "json", status: 200, schema: z.unknown(), description: "What came in." } as const;
const about = { tag: "Test", summary: "Test", answer, problems: [] };
const table = {
  read: defineRoute({
    ...about,
    id: "read",
    method: "GET",
    path: "/api/things/{thing}",
    access: "runs:read",
    query: z.object({ limit: z.coerce.number().int().max(10).default(5) }),
  }),
  change: defineRoute({
    ...about,
    id: "change",
    method: "POST",
    path: "/api/things/{thing}",
    access: "runs:write",
    body: { kind: "json", schema: z.strictObject({ name: z.string() }), limit: "json_body_bytes" },
  }),
  remove: defineRoute({
    ...about,
    id: "remove",
    method: "DELETE",
    path: "/api/things/{thing}",
    access: "run_token",
    answer: { kind: "empty", status: 204, description: "It is gone." },
  }),
};

interface Seen {
  built: string[];
  asked: string[];
}

/** Handlers that answer what they were handed. */
const handlers: RouteHandlers<typeof table, { origin: string }> = {
  read: async ({ origin }, { params, query, principal }) => ({ origin, params, query, by: principal.id }),
  change: async (_deps, { json }) => {
    if (json.name === "missing") throw notFound("thing");
    return json;
  },
  // A run's route is handed the run itself: its principal is known to be one.
  remove: async (_deps, { principal }) => {
    const run: RunPrincipal = principal;
    if (run.kind !== "run") throw new Error("not a run");
    return undefined;
  },
};

function open(judge: () => Principal | null = () => ({ id: "tok_1", kind: "token" }) as Principal) {
  const seen: Seen = { built: [], asked: [] };
  const gate: Gate<{ PUBLIC_URL: string }, { origin: string }> = {
    openHost: (_env, context) => ({ origin: context.linkOrigin }),
    ended: async () => {},
    authorize: async (_host, route, request) => {
      seen.asked.push(`${route.id} ${request.params["thing"]}`);
      return judge();
    },
  };
  const app: EdgeHono<{ PUBLIC_URL: string }> = new Hono();
  app.use(requestId({ headerName: "", generator: () => "req_1" }));
  app.use(openContext<{ PUBLIC_URL: string }>((env) => env.PUBLIC_URL));
  const deps = (host: { origin: string }) => {
    seen.built.push(host.origin);
    return host;
  };
  mount(app, { routes: table, handlers, deps }, gate);
  app.onError((error, c) => answerError(error, { requestId: c.get("requestId"), request: c.req.raw }));
  const ask = (path: string, init: RequestInit = {}, publicUrl = "") =>
    app.request(`http://came.to${path}`, init, { PUBLIC_URL: publicUrl });
  return { ask, seen };
}

const post = (body: string) => ({ method: "POST", body, headers: { "content-type": "application/json" } });

it("a handler is handed path, query and who asks, as the contract says", async () => {
  const { ask } = open();
  const response = await ask("/api/things/a%2Fb?limit=7&other=1");
  expect(await response.json()).toEqual({
    origin: "http://came.to",
    params: { thing: "a/b" },
    query: { limit: 7 },
    by: "tok_1",
  });
});

it("the settings' origin is the one that is given out, where they say one", async () => {
  const { ask } = open();
  const response = await ask("/api/things/a", {}, "https://floom.example");
  expect(await response.json()).toMatchObject({ origin: "https://floom.example" });
});

it("who asks is judged before anything that was sent is looked at, or built", async () => {
  const { ask, seen } = open(() => {
    throw new AppError("unauthenticated", "Send a token.");
  });
  for (const response of [await ask("/api/things/a?limit=99"), await ask("/api/things/a", post("{"))])
    expect(problemSchema.parse(await response.json()).code).toBe("unauthenticated");

  expect(seen).toEqual({ asked: ["read a", "change a"], built: [] });
});

it("what was sent is judged before what the handler needs is built", async () => {
  const { ask, seen } = open();
  const wrong = problemSchema.parse(await (await ask("/api/things/a?limit=99")).json());
  expect(wrong).toMatchObject({ status: 422, errors: [{ pointer: "limit" }] });
  expect((await ask("/api/things/a", post('{"name":1}'))).status).toBe(422);
  expect(seen.built).toEqual([]);
});

it("a refusal of a handler is its answer, and an answer without a body has none", async () => {
  const { ask } = open(() => ({ kind: "run", id: "run_1" }) as Principal);
  expect((await ask("/api/things/a", post('{"name":"missing"}'))).status).toBe(404);
  const gone = await ask("/api/things/a", { method: "DELETE" });
  expect([gone.status, await gone.text()]).toEqual([204, ""]);
});
