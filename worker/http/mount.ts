import type { Principal, RunPrincipal } from "#contract/access/access";
import type { RouteJson, RouteParams, RouteQuery, RouteResult } from "#contract/route";
import type { TableRoute } from "#contract/routes";
import { AppError } from "../platform/app-error.ts";
import { answerJson } from "./answer-json.ts";
import { checkRawBody, readForm, readJson, toProblemErrors } from "./read-body.ts";
import type { FormFile } from "./read-body.ts";
import type { EdgeHono, RequestContext } from "./request-context.ts";

/** What a handler gets: everything parsed by the contract, and who asks. */
export interface Call<R extends TableRoute> {
  params: RouteParams<R>;
  query: RouteQuery<R>;
  json: RouteJson<R>;
  form: R extends { body: { kind: "multipart" } } ? FormFile : undefined;
  principal: PrincipalOf<R["access"]>;
  /** Says who asks, where the room alone can tell: the link of a public route, once the room has judged its token. */
  identified: (principal: Principal) => void;
  context: RequestContext;
}

/** Nobody on a public route, the run itself on a route of a run, else whoever the token stands for. */
type PrincipalOf<Access> = Access extends "public"
  ? null
  : Access extends "run_token"
    ? RunPrincipal
    : Principal;

type Handler<R extends TableRoute, Deps> = (deps: Deps, call: Call<R>) => Promise<RouteResult<R> | Response>;

/** One handler per route of a table: a route without one, or a handler without a route, does not compile. */
export type RouteHandlers<Table extends Record<string, TableRoute>, Deps> = {
  [Id in keyof Table]: Handler<Table[Id], Deps>;
};

/** Part of the route table with its handlers, and how to build what they need from what the edge holds for a request. */
export interface MountedTable<Table extends Record<string, TableRoute>, Host, Deps> {
  routes: Table;
  handlers: RouteHandlers<Table, Deps>;
  deps: (host: Host) => Deps;
}

/** What stands before every route: what the edge holds for a request, and who asks. */
export interface Gate<Env extends object, Host> {
  openHost: (env: Env, context: RequestContext) => Host;
  /**
   * The principal a route is open to, null where it is open to all; throws the refusal. `identified` is told who asks as
   * soon as that is known, also of those who are refused then.
   */
  authorize: (
    host: Host,
    route: TableRoute,
    request: {
      raw: Request;
      params: Record<string, string>;
      identified: (principal: Principal) => void;
    },
  ) => Promise<Principal | null>;
  /** Told how each call ended, before it is answered: what it throws is answered instead. */
  ended: (host: Host, route: TableRoute, call: EndedCall) => Promise<void>;
}

/** A call once its handler, or whatever stands before it, has come to an end. */
export interface EndedCall {
  request: Request;
  requestId: string;
  params: Record<string, string>;
  /** Who asked; null where that is not known. */
  principal: Principal | null;
  /** The body, where it was JSON that the route takes. */
  json: unknown;
  /** What the handler answered; undefined where it threw. */
  answer: unknown;
  /** What it is answered instead; null where nothing was thrown. */
  refusal: Pick<AppError, "code" | "status"> | null;
}

const BROKEN = { code: "internal", status: 500 } as const;

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

function toResponse(
  route: TableRoute,
  result: unknown,
  asked: { request: Request; params: Record<string, string> },
): Response {
  if (result instanceof Response) return result;
  if (route.answer.kind === "json")
    return answerJson({ id: route.id, status: route.answer.status }, result, asked);
  return new Response(null, { status: route.answer.status });
}

/**
 * Binds a route table to its handlers: who asks, then path, query and body by the contract, then the handler, then the
 * answer. Authentication comes before parsing, so that a stranger learns nothing from a 422. What is thrown is answered
 * by the app's `onError`.
 */
export function mount<Table extends Record<string, TableRoute>, Env extends object, Host, Deps>(
  app: EdgeHono<Env>,
  table: MountedTable<Table, Host, Deps>,
  gate: Gate<Env, Host>,
): void {
  function bind<R extends TableRoute>(route: R, handler: Handler<R, Deps>): void {
    const path = route.path.replace(/\{(\w+)\}/g, ":$1");
    app.on(route.method, path, async (c) => {
      const context = c.get("context");
      const host = gate.openHost(c.env, context);
      const request = c.req.raw;
      const params: Record<string, string> = c.req.param();
      const call: EndedCall = {
        request,
        requestId: context.requestId,
        params,
        principal: null,
        json: undefined,
        answer: undefined,
        refusal: null,
      };
      const identified = (principal: Principal) => {
        call.principal = principal;
      };
      try {
        const principal = await gate.authorize(host, route, { raw: request, params, identified });
        const query = parseQuery(route, context.url);
        const { json, form } = await readBody(route, request);
        call.json = json;
        const asked = { params, query, json, form, principal, identified, context };
        const parsed: Record<keyof Call<R>, unknown> = asked;
        // Path, query, body and principal were each read by this very route, so the call has its shape.
        call.answer = await handler(table.deps(host), parsed as Call<R>);
      } catch (error) {
        await gate.ended(host, route, { ...call, refusal: error instanceof AppError ? error : BROKEN });
        throw error;
      }
      await gate.ended(host, route, call);
      return toResponse(route, call.answer, { request, params });
    });
  }
  for (const id in table.routes) bind(table.routes[id], table.handlers[id]);
}
