import type { Context, Hono } from "hono";
import type { Principal } from "#contract/access/access";
import type { RouteJson, RouteParams, RouteQuery, RouteResult } from "#contract/route";
import type { TableRoute } from "#contract/routes";
import { AppError } from "../platform/app-error.ts";
import { describeError, log } from "../platform/log.ts";
import { problemResponse } from "./problem-response.ts";
import { checkRawBody, readForm, readJson, toProblemErrors, type FormFile } from "./read-body.ts";
import type { RequestContext } from "./request-context.ts";

/** What a handler gets: everything parsed by the contract. `principal` is null on public and runner routes. */
export interface Call<R extends TableRoute> {
  params: RouteParams<R>;
  query: RouteQuery<R>;
  json: RouteJson<R>;
  form: R extends { body: { kind: "multipart" } } ? FormFile : undefined;
  principal: R["access"] extends "public" | "run_token" ? null : Principal;
  context: RequestContext;
}

type Handler<R extends TableRoute, Deps> = (deps: Deps, call: Call<R>) => Promise<RouteResult<R> | Response>;

/** One handler per route of a table: a route without one, or a handler without a route, does not compile. */
export type RouteHandlers<Table extends Record<string, TableRoute>, Deps> = {
  [Id in keyof Table]: Handler<Table[Id], Deps>;
};

/** How the protocol layer finds out who asks. */
export interface AuthDeps {
  /** The principal of the request's token; throws `unauthenticated` when there is none that is valid. */
  authenticate: (request: Request) => Promise<Principal>;
  /** Throws the same when the request does not carry the run token of `runId`. */
  authenticateRun: (request: Request, runId: string) => Promise<void>;
}

export interface MountOptions<Env extends object, Deps extends AuthDeps> {
  buildDeps: (env: Env, context: RequestContext) => Deps;
  newRequestId: () => string;
}

async function authorize(
  deps: AuthDeps,
  route: TableRoute,
  request: { raw: Request; params: Record<string, string> },
) {
  if (route.access === "public") return null;
  if (route.access === "run_token") {
    await deps.authenticateRun(request.raw, request.params["run"] ?? "");
    return null;
  }
  const principal = await deps.authenticate(request.raw);
  if (!principal.scopes.includes(route.access)) {
    throw new AppError("insufficient_scope", `This needs a token with the scope ${route.access}.`);
  }
  return principal;
}

function parseQuery(route: TableRoute, url: URL): unknown {
  if (!route.query) return {};
  const parsed = route.query.safeParse(Object.fromEntries(url.searchParams));
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", "A query parameter is not what this route takes.", {
    errors: toProblemErrors(parsed.error).map((e) => ({ ...e, pointer: e.pointer.slice(1) })),
  });
}

async function readBody(
  route: TableRoute,
  request: Request,
): Promise<{ json: unknown; form: FormFile | undefined }> {
  const body = route.body;
  if (body?.kind === "json") return { json: await readJson(request, body), form: undefined };
  if (body?.kind === "multipart") return { json: undefined, form: await readForm(request, body) };
  if (body?.kind === "bytes") checkRawBody(request, body);
  return { json: undefined, form: undefined };
}

function toResponse(route: TableRoute, result: unknown): Response {
  if (result instanceof Response) return result;
  if (route.answer.kind === "json") return Response.json(result, { status: route.answer.status });
  return new Response(null, { status: route.answer.status });
}

/** Every refusal and every fault of a request ends here: known ones as they are, unknown ones as `internal`. */
export function answerError(thrown: unknown, context: RequestContext): Response {
  const instance = new URL(context.request.url).pathname;
  if (thrown instanceof AppError) return problemResponse(thrown, { instance, requestId: context.requestId });
  log("error", "request.failed", {
    request_id: context.requestId,
    path: instance,
    error: describeError(thrown),
  });
  const error = new AppError(
    "internal",
    `Something broke on our side. Report it with the id ${context.requestId}.`,
  );
  return problemResponse(error, { instance, requestId: context.requestId });
}

export function contextOf(c: Context, newRequestId: () => string): RequestContext {
  return {
    requestId: newRequestId(),
    origin: new URL(c.req.url).origin,
    request: c.req.raw,
    waitUntil: (work) => c.executionCtx.waitUntil(work),
  };
}

/**
 * Binds a route table to its handlers: who asks, then path, query and body by the contract, then the handler, then the
 * answer. Authentication comes before parsing, so that a stranger learns nothing from a 422.
 */
export function mount<Table extends Record<string, TableRoute>, Env extends object, Deps extends AuthDeps>(
  app: Hono<{ Bindings: Env }>,
  table: { routes: Table; handlers: RouteHandlers<Table, Deps> },
  options: MountOptions<Env, Deps>,
): void {
  for (const [id, route] of Object.entries<TableRoute>(table.routes)) {
    const handler = table.handlers[id as keyof Table] as Handler<TableRoute, Deps>;
    const path = route.path.replace(/\{(\w+)\}/g, ":$1");
    app.on(route.method, path, async (c) => {
      const context = contextOf(c, options.newRequestId);
      try {
        const deps = options.buildDeps(c.env, context);
        const params = c.req.param() as Record<string, string>;
        const principal = await authorize(deps, route, { raw: c.req.raw, params });
        const query = parseQuery(route, new URL(c.req.url));
        const { json, form } = await readBody(route, c.req.raw);
        const call = { params, query, json, form, principal, context } as unknown as Call<TableRoute>;
        return withRequestId(toResponse(route, await handler(deps, call)), context);
      } catch (thrown) {
        return withRequestId(answerError(thrown, context), context);
      }
    });
  }
}

function withRequestId(response: Response, context: RequestContext): Response {
  const headers = new Headers(response.headers);
  headers.set("x-request-id", context.requestId);
  headers.set("x-content-type-options", "nosniff");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
