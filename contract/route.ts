import type * as z from "zod";
import type { Scope } from "./access/access.ts";

export type HttpMethod = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Who may call: anybody, whoever has a valid credential (what they may the room decides), a principal with a scope, or
 * the runner of the run in the path (run token).
 */
export type RouteAccess = "public" | "any" | "run_token" | Scope;

/** What somebody may be granted of one worker. */
export type GrantKind = "runner" | "approver";

/** What a request carries: a JSON document, raw bytes of some type, or one file in a multipart form. */
export type RouteBody<LimitName extends string = string> =
  | { kind: "json"; schema: z.ZodType; limit: LimitName; optional?: boolean }
  | { kind: "bytes"; media_types: readonly string[]; limit: LimitName }
  | { kind: "multipart"; field: string; limit: LimitName };

/** What an answer carries. `stream` answers (SSE, files) are described by their media type alone. */
export type RouteAnswer =
  | { kind: "json"; status: number; schema: z.ZodType; description: string }
  | { kind: "stream"; status: number; media_type: string; description: string }
  | { kind: "empty"; status: 204; description: string };

/**
 * One HTTP operation: all that mount, client, OpenAPI, docs and tests know of it. The names of limits and problems are
 * held against their tables where the routes are put together (routes.ts), which lie above this.
 */
export interface Route<LimitName extends string = string, ProblemCode extends string = string> {
  id: string;
  method: HttpMethod;
  /** Path with `{name}` parameters, beginning with /api. */
  path: string;
  tag: string;
  summary: string;
  description?: string;
  access: RouteAccess;
  /** Open as well to whoever has this grant of some worker; the room asks of which. */
  grant?: GrantKind;
  query?: z.ZodObject;
  body?: RouteBody<LimitName>;
  answer: RouteAnswer;
  problems: readonly ProblemCode[];
}

/** Keeps the literal types of one route, so that handlers and the client are typed from the table. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;

export type RouteParams<R extends Route> = { [Name in ParamNames<R["path"]>]: string };
export type RouteQuery<R extends Route> = R extends { query: infer Q extends z.ZodType }
  ? z.output<Q>
  : Record<string, never>;
export type RouteQueryInput<R extends Route> = R extends { query: infer Q extends z.ZodType }
  ? z.input<Q>
  : Record<string, never>;
export type RouteJson<R extends Route> = R extends {
  body: { kind: "json"; schema: infer S extends z.ZodType };
}
  ? z.output<S>
  : undefined;
export type RouteJsonInput<R extends Route> = R extends {
  body: { kind: "json"; schema: infer S extends z.ZodType };
}
  ? z.input<S>
  : undefined;
export type RouteResult<R extends Route> = R extends {
  answer: { kind: "json"; schema: infer S extends z.ZodType };
}
  ? z.output<S>
  : undefined;
