import type { Principal } from "#contract/access/access";
import { readToken, unauthenticated } from "../access/service.ts";
import type { WorkerVersion } from "../catalog/store.ts";
import type { EdgeHono, RequestContext } from "../http/request-context.ts";
import { AppError } from "../platform/app-error.ts";
import { findClientPrincipal } from "../oauth/bearer-service.ts";
import type { BearerDeps } from "../oauth/bearer-service.ts";
import { buildChallenge } from "../oauth/metadata.ts";
import { openRoutes, readWish } from "./caller.ts";
import type { McpCaller } from "./caller.ts";
import { readSession } from "./sessions/client-session.ts";

export interface McpDeps extends BearerDeps {
  /** Whom any other token stands for. Throws `unauthenticated`. */
  authenticateToken: (request: Request) => Promise<Principal>;
  /** Throws where so many requests came from the address that no more are looked at. */
  admit: (request: Request) => void;
  readMark: (principal: Principal) => Promise<number>;
  /** The mark that came with whoever asks, once. */
  takeMark: (principal: Principal) => number | undefined;
  readRunMarks: (principal: Principal, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  listWorkers: (principal: Principal) => Promise<readonly WorkerVersion[]>;
  findWorker: (principal: Principal, name: string) => Promise<WorkerVersion | undefined>;
  findToolHolder: (principal: Principal, stem: string) => Promise<string | undefined>;
  findMissingSecrets: (
    workspaceId: string,
    wants: readonly { workerId: string; names: readonly string[] }[],
  ) => Promise<string[][]>;
  hearLeft: McpCaller["hearLeft"];
  tellLeft: McpCaller["tellLeft"];
  /** Answers in the words of the protocol. */
  serve: (request: Request, caller: McpCaller) => Promise<Response>;
}

/**
 * Who asks for tools: a connected client, or whoever shows a token of their own; never a cookie, so that no page can ask
 * in somebody's name. Throws `unauthenticated`.
 */
async function requireMcpPrincipal(deps: McpDeps, context: RequestContext): Promise<Principal> {
  const { request } = context;
  requireNoForeignPage(context, deps.publicUrl);
  deps.admit(request);
  const token = readToken(request);
  if (token === "") throw unauthenticated();
  return (await findClientPrincipal(deps, token)) ?? (await deps.authenticateToken(request));
}

/** Throws `cross_site_request` for a page of another origin, whatever it shows: the protocol asks that of a server. */
function requireNoForeignPage({ request, url }: RequestContext, publicUrl: string): void {
  const origin = request.headers.get("origin");
  if (origin === null || [publicUrl, url.origin].includes(origin)) return;
  throw new AppError("cross_site_request", "A page of another site reaches no tools here.");
}

/**
 * The tools at `/mcp`, and those of one worker at `/mcp/workers/{worker}`. Whoever is not let in is told where that is
 * done. Whatever a tool asks of the routes goes through `askInside` as a request of its own.
 */
export function mountMcp<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => McpDeps,
  askInside: EdgeHono<Env>["fetch"],
): void {
  for (const path of ["/mcp", "/mcp/workers/:worker"]) {
    app.use(path, async (c, next) => {
      await next();
      if (c.res.status !== 401) return;
      const { publicUrl } = buildDeps(c.env, c.get("context"));
      const isTokenShown = readToken(c.req.raw) !== "";
      c.header("www-authenticate", buildChallenge(publicUrl, { isTokenShown }));
    });
    app.all(path, async (c) => {
      const context = c.get("context");
      const deps = buildDeps(c.env, context);
      const { request } = context;
      const principal = await requireMcpPrincipal(deps, context);
      const worker: string | undefined = c.req.param("worker");
      const answer = async (asked: Request) => askInside(asked, c.env, c.executionCtx);
      return deps.serve(request, {
        principal,
        keep: context.waitUntil,
        readMark: () => deps.readMark(principal),
        readRunMarks: (ids) => deps.readRunMarks(principal, ids),
        listWorkers: () => deps.listWorkers(principal),
        findWorker: (name) => deps.findWorker(principal, name),
        findToolHolder: (stem) => deps.findToolHolder(principal, stem),
        findMissingSecrets: (wants) => deps.findMissingSecrets(principal.workspace_id, wants),
        hearLeft: deps.hearLeft,
        tellLeft: deps.tellLeft,
        publicUrl: context.linkOrigin,
        api: openRoutes(request, {
          principal,
          origin: context.linkOrigin,
          takeMark: () => deps.takeMark(principal),
          answer,
        }),
        wish: readWish(context.url, worker ?? null),
        session: readSession(request.headers),
      });
    });
  }
}
