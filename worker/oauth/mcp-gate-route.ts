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
 * in somebody's name. Throws `unauthenticated`, and says where a client is let in.
 */
export async function requireMcpPrincipal(deps: McpGateDeps, request: Request): Promise<Principal> {
  deps.admit(request);
  const token = readToken(request);
  try {
    if (token === "") throw unauthenticated();
    return (await findClientPrincipal(deps, token)) ?? (await deps.authenticateToken(request));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "unauthenticated") throw error;
    const challenge = buildChallenge(deps.publicUrl, { isTokenShown: token !== "" });
    throw new AppError("unauthenticated", error.message, { headers: { "www-authenticate": challenge } });
  }
}

/** What stands before the tools. There are none yet, and whoever is let in is told so. */
export function mountMcpGate<Env extends object>(
  app: EdgeHono<Env>,
  buildDeps: (env: Env, context: RequestContext) => McpGateDeps,
): void {
  app.all("/mcp", async (c) => {
    await requireMcpPrincipal(buildDeps(c.env, c.get("context")), c.req.raw);
    throw new AppError(
      "feature_missing",
      "This server has no tools over MCP: /mcp lets clients in and does no more.",
    );
  });
}
