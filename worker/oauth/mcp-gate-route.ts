import type { Principal } from "#contract/access/access";
import { readToken, unauthenticated } from "../access/service.ts";
import type { EdgeHono, RequestContext } from "../http/request-context.ts";
import { AppError } from "../platform/app-error.ts";
import { findClientPrincipal } from "./bearer-service.ts";
import type { BearerDeps } from "./bearer-service.ts";
import { buildChallenge } from "./metadata.ts";

export interface McpGateDeps extends BearerDeps {
  /** Whom any other token stands for. Throws `unauthenticated`. */
  authenticateToken: (request: Request) => Promise<Principal>;
  /** Throws where so many requests came from the address that no more are looked at. */
  admit: (request: Request) => void;
}

/**
 * Who asks for tools: a connected client, or whoever shows a token of their own; never a cookie, so that no page can ask
 * in somebody's name. Throws `unauthenticated`.
 */
async function requireMcpPrincipal(deps: McpGateDeps, request: Request): Promise<Principal> {
  deps.admit(request);
  const token = readToken(request);
  if (token === "") throw unauthenticated();
  return (await findClientPrincipal(deps, token)) ?? (await deps.authenticateToken(request));
}

/** What stands before the tools. There are none yet, and whoever is let in is told so; whoever is not is told where that is done. */
export function mountMcpGate<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => McpGateDeps,
): void {
  app.use("/mcp", async (c, next) => {
    await next();
    if (c.res.status !== 401) return;
    const { publicUrl } = buildDeps(c.env, c.get("context"));
    const isTokenShown = readToken(c.req.raw) !== "";
    c.header("www-authenticate", buildChallenge(publicUrl, { isTokenShown }));
  });
  app.all("/mcp", async (c) => {
    await requireMcpPrincipal(buildDeps(c.env, c.get("context")), c.req.raw);
    throw new AppError(
      "feature_missing",
      "This server has no tools over MCP: /mcp lets clients in and does no more.",
    );
  });
}
