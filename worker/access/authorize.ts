import type { Principal, RunPrincipal, Scope } from "#contract/access/access";
import type { Route } from "#contract/route";
import { AppError } from "../platform/app-error.ts";
import { askEachKey } from "../platform/signing-keys.ts";
import { actingFor } from "./acting.ts";
import { mayAsk } from "./policy.ts";
import { verifyRunToken } from "./run-token.ts";
import { authenticate, readToken, unauthenticated } from "./service.ts";
import type { AccessDeps } from "./service.ts";

/** A request to a route, before its query and body are looked at. */
export interface AskedRequest {
  raw: Request;
  /** The parameters of the route's path. */
  params: Record<string, string>;
  /** Told who asks as soon as that is known: whoever is refused then has asked all the same. */
  identified?: (principal: Principal) => void;
}

/**
 * Who asks for `route`, null where anybody may: the one place where a request is let in or turned away. Throws
 * `unauthenticated` (401) for whoever has no credential of the kind the route takes, and `insufficient_scope` (403) for
 * a principal that lacks the route's scope, `people_only` (403) for a token where a person is to decide.
 */
export async function authorize(
  deps: AccessDeps,
  route: Pick<Route, "access" | "grant">,
  request: AskedRequest,
): Promise<Principal | null> {
  if (route.access === "public") return null;
  if (route.access === "run_token") return authorizeRun(deps, request);
  const principal = takeActing(deps, request.raw) ?? (await authenticate(deps, request.raw));
  request.identified?.(principal);
  if (route.access === "any" || mayAsk(principal, route.access, route.grant)) return principal;
  throw lacking(principal, route.access);
}

function takeActing({ marked }: Pick<AccessDeps, "marked">, request: Request): Principal | undefined {
  const acting = actingFor(request);
  if (acting?.mark !== undefined) marked?.(acting.principal.workspace_id, acting.mark);
  return acting?.principal;
}

/** A run reaches its own routes alone; the token of another is none. */
async function authorizeRun(
  deps: Pick<AccessDeps, "signingKey" | "earlierSigningKeys" | "clock">,
  { raw, params, identified }: AskedRequest,
): Promise<RunPrincipal> {
  const token = raw.headers.get("x-workeros-run-token") ?? readToken(raw);
  const principal = await askEachKey(deps, (key) => verifyRunToken(key, token, deps.clock()));
  if (principal === null || principal.id !== params["run"]) throw unauthenticated();
  identified?.(principal);
  return principal;
}

/** Decisions are taken from every token, so that a token with the scope is told why and not to look for another. */
function lacking(principal: Principal, scope: Scope): AppError {
  if (scope === "approvals:decide" && principal.kind === "token")
    return new AppError("people_only", "Approvals are decided by people: sign in, or use the review link.");
  const who = principal.kind === "account" ? "a role" : "a token";
  return new AppError("insufficient_scope", `This needs ${who} with the scope ${scope}.`);
}
