import { HOUSE_MEDIA_TYPE } from "./compat/media-type.ts";
import { problemSchema } from "./problem.ts";
import type { Problem } from "./problem.ts";
import type { Route, RouteJsonInput, RouteParams, RouteQueryInput, RouteResult } from "./route.ts";

/** A refusal the API gave, with its problem document. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ApiProblem";
    this.problem = problem;
  }
}

/** The part of a fetch response that the client reads; every runtime's own Response has it. */
export interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

/** What the fetch of the runtime takes that this is compiled for; where there is none, as in this room alone, anything. */
type RuntimeInit = typeof globalThis extends { fetch: (url: string, init?: infer Init) => unknown }
  ? NonNullable<Init>
  : { body?: unknown; signal?: unknown };
type RuntimeBody = RuntimeInit extends { body?: infer Body } ? Body : unknown;
type RuntimeSignal = RuntimeInit extends { signal?: infer Signal } ? Signal : unknown;

/** What the client hands to fetch. `body` and `signal` are the runtime's own kinds and pass through untouched. */
export interface RequestLike {
  method: string;
  headers: Record<string, string>;
  body?: RuntimeBody;
  signal?: RuntimeSignal;
}

/** What one call takes besides the route: path parameters, query, JSON body or raw body, headers. */
export interface CallOptions<R extends Route> {
  params?: RouteParams<R>;
  query?: Partial<RouteQueryInput<R>>;
  json?: RouteJsonInput<R>;
  body?: RuntimeBody;
  headers?: Record<string, string>;
  signal?: RuntimeSignal;
}

export interface ClientOptions<Res extends ResponseLike> {
  /** Origin, e.g. http://127.0.0.1:8787. */
  origin: string;
  token: string | undefined;
  fetch: (url: string, init: RequestLike) => Promise<Res>;
}

export interface Client<Res extends ResponseLike> {
  /** Calls a route that answers JSON (or nothing) and returns the answer; throws ApiProblem on a refusal. */
  call<R extends Route>(route: R, options?: CallOptions<R>): Promise<RouteResult<R>>;
  /** Calls a route and returns the response itself, for files and event streams; throws ApiProblem on a refusal. */
  open<R extends Route>(route: R, options?: CallOptions<R>): Promise<Res>;
}

/**
 * The path of a call; parameters are percent-encoded. Throws the refusal `not_found` for a parameter that is empty, `.` or
 * `..`: nothing is called so, and every reader of addresses takes it for a step to another route, encoded or not.
 */
export function buildPath(route: Pick<Route, "path">, params: Readonly<Record<string, string>>): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = (params[name] ?? "").toWellFormed();
    if (["", ".", ".."].includes(value)) throw new ApiProblem(nothingCalled(value, route.path));
    return encodeURIComponent(value);
  });
}

const nothingCalled = (value: string, instance: string): Problem => ({
  type: "/api/docs#problem-not_found",
  title: "There is no such thing here",
  status: 404,
  detail: `Nothing is called ${JSON.stringify(value)}.`,
  instance,
  code: "not_found",
  request_id: "",
  retryable: false,
});

/**
 * The address of a call, e.g. for a download link; parameters are percent-encoded. Half a character, which no address
 * holds, becomes U+FFFD.
 */
export function buildUrl<R extends Route>(origin: string, route: R, options: CallOptions<R> = {}): string {
  const path = buildPath(route, options.params ?? {});
  const pairs = Object.entries(options.query ?? {})
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value).toWellFormed())}`,
    );
  return `${origin}${path}${pairs.length > 0 ? `?${pairs.join("&")}` : ""}`;
}

/** Reads a refusal; a body that is no problem document (a proxy's page, say) becomes one. */
async function readProblem(response: ResponseLike): Promise<Problem> {
  const text = await response.text();
  const parsed = problemSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  return {
    type: "about:blank",
    title: response.statusText || "Unexpected answer",
    status: response.status,
    detail: `The server answered ${response.status} without a problem document.`,
    instance: response.url,
    code: "unexpected_answer",
    request_id: response.headers.get("x-request-id") ?? "",
    retryable: response.status >= 500,
  };
}

/** Undefined for what is not JSON, which fits no schema. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A typed client over the route table, for the web app, the CLI and tests. Answers are checked against the contract. */
export function createClient<Res extends ResponseLike>({
  origin,
  token,
  fetch,
}: ClientOptions<Res>): Client<Res> {
  async function open<R extends Route>(route: R, options: CallOptions<R> = {}): Promise<Res> {
    const headers: Record<string, string> = {
      accept: `${HOUSE_MEDIA_TYPE}, application/json, */*`,
      ...options.headers,
    };
    if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
    const init: RequestLike = { method: route.method, headers };
    if (options.json !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(options.json);
    } else if (options.body !== undefined) init.body = options.body;
    if (options.signal !== undefined) init.signal = options.signal;
    const response = await fetch(buildUrl(origin, route, options), init);
    if (!response.ok) throw new ApiProblem(await readProblem(response));
    return response;
  }
  return {
    open,
    async call<R extends Route>(route: R, options: CallOptions<R> = {}) {
      const response = await open(route, options);
      const { answer } = route;
      const result =
        answer.kind === "json" ? answer.schema.parse(parseJson(await response.text())) : undefined;
      // The type says of the route what the line above did with it.
      return result as RouteResult<R>;
    },
  };
}
