import * as z from "zod";
import { OFFLINE_SCOPE } from "#contract/oauth/scopes";
import { readBytes } from "../http/read-body.ts";
import type { EdgeHono, RequestContext } from "../http/request-context.ts";
import { withRetryAfter } from "../http/retry-after.ts";
import { describeError, log } from "../platform/log.ts";
import { requirePublicUrl } from "../platform/public-url.ts";
import { readRegistration } from "./client-document.ts";
import { buildResourceMetadata, buildServerMetadata, resourceOf } from "./metadata.ts";
import { openOAuthEngine } from "./service.ts";
import type { OAuthDeps } from "./service.ts";
import { sweepOAuth } from "./store.ts";

type BuildDeps<Env> = (env: Env, context: RequestContext) => OAuthDeps;

const WELL_KNOWN = "/.well-known/oauth-";

/**
 * The endpoints of OAuth, which lie beside the table because its own documents choose their form. What is not named here
 * is not there: the library has more than Floom stands for, such as introspection and an administration of clients.
 */
export function mountOAuth<Env extends object>(app: EdgeHono<Env>, buildDeps: BuildDeps<Env>): void {
  // Clients look at the root and below it, with the path of what they want to reach behind.
  for (const [name, build] of [
    ["protected-resource", buildResourceMetadata],
    ["authorization-server", buildServerMetadata],
  ] as const) {
    app.on("GET", [`${WELL_KNOWN}${name}`, `${WELL_KNOWN}${name}/mcp`], (c) => {
      const { publicUrl } = buildDeps(c.env, c.get("context"));
      return Response.json(build(requirePublicUrl(publicUrl)), {
        headers: { "cache-control": "public, max-age=300" },
      });
    });
  }
  app.get("/oauth2/authorize", async (c) => {
    const deps = buildDeps(c.env, c.get("context"));
    const engine = await openOAuthEngine(deps);
    return withRetryAfter(await engine.handle(askToBeLetIn(deps.publicUrl, c.req.raw)));
  });
  app.post("/oauth2/register", async (c) => {
    const deps = buildDeps(c.env, c.get("context"));
    const registration = readRegistration(await readText(c.req.raw));
    if (registration === null) return refuseRegistration();
    const engine = await openOAuthEngine(deps);
    const body = JSON.stringify(registration);
    deps.behind(sweep(deps));
    return withRetryAfter(
      await engine.handle(
        passOn(deps, c.req.raw, { path: "/oauth2/register", body, type: "application/json" }),
      ),
    );
  });
  app.post("/oauth2/token", async (c) => {
    const deps = buildDeps(c.env, c.get("context"));
    return withRetryAfter(
      await renewsNothing(await answerClient(deps, c.req.raw, await readText(c.req.raw))),
    );
  });
  app.post("/oauth2/revoke", async (c) => {
    const deps = buildDeps(c.env, c.get("context"));
    const form = new URLSearchParams(await readText(c.req.raw));
    // Of a hint that is wrong the library looks no further, where it has to (RFC 7009, 2.1).
    form.delete("token_type_hint");
    return withRetryAfter(await isRevoked(await answerClient(deps, c.req.raw, form.toString())));
  });
}

async function answerClient(deps: OAuthDeps, asked: Request, body: string): Promise<Response> {
  const engine = await openOAuthEngine(deps);
  const { pathname: path } = new URL(asked.url);
  const type = asked.headers.get("content-type") ?? "";
  const answer = await engine.handle(passOn(deps, asked, { path, body, type }));
  deps.behind(sweep(deps));
  return answer;
}

/** To renew by a token of no known form is to have none (RFC 6749, 5.2), for which the library has a word of another standard. */
async function renewsNothing(answer: Response): Promise<Response> {
  const refusal = await readRefusal(answer);
  if (refusal?.error !== "invalid_token") return answer;
  const headers = new Headers(answer.headers);
  headers.delete("content-length");
  return Response.json({ ...refusal, error: "invalid_grant" }, { status: 400, headers });
}

/**
 * A token that is not there is revoked already (RFC 7009, 2.2), where the library says that the request was wrong. It says that
 * of requests that are wrong, too, which have revoked nothing: its sentence alone tells them apart.
 */
async function isRevoked(answer: Response): Promise<Response> {
  const refusal = await readRefusal(answer);
  return refusal?.error_description === "token not found" ? new Response(null, { status: 200 }) : answer;
}

async function readRefusal(answer: Response) {
  if (answer.status !== 400) return undefined;
  const copy = answer.clone();
  const body: unknown = await copy.json().catch(() => null);
  return refusalForm.safeParse(body).data;
}

const refusalForm = z.looseObject({ error: z.string(), error_description: z.string().optional() });

async function sweep({ db, clock }: OAuthDeps): Promise<void> {
  try {
    await sweepOAuth(db, clock());
  } catch (error) {
    // Whoever comes next tries again.
    log("warn", "oauth.unswept", { error: describeError(error) });
  }
}

async function readText(request: Request): Promise<string> {
  return new TextDecoder().decode(await readBytes(request, "client_message_bytes"));
}

/**
 * A request to be let in as the engine is handed it: a person is asked every time, it is for the one thing that there is
 * to be let in to unless it names another, and the client may renew what it gets.
 */
function askToBeLetIn(publicUrl: string, asked: Request): Request {
  const url = new URL(`${publicUrl}/oauth2/authorize${new URL(asked.url).search}`);
  const { searchParams: params } = url;
  params.set("prompt", "consent");
  params.delete("max_age");
  if (!params.has("resource")) params.set("resource", resourceOf(publicUrl));
  const scope = params
    .get("scope")
    ?.split(" ")
    .filter((word) => word !== "" && word !== OFFLINE_SCOPE);
  if (scope !== undefined && scope.length > 0) params.set("scope", [...scope, OFFLINE_SCOPE].join(" "));
  else params.delete("scope");
  return new Request(url, {
    headers: { accept: "text/html", cookie: asked.headers.get("cookie") ?? "", ...senderOf(asked) },
  });
}

/** A client's own request, without any cookie: no browser that sends it can lend it a person. */
function passOn(
  { publicUrl }: OAuthDeps,
  asked: Request,
  { path, body, type }: { path: string; body: string; type: string },
): Request {
  const authorization = path === "/oauth2/register" ? null : asked.headers.get("authorization");
  const headers = {
    "content-type": type,
    accept: "application/json",
    ...(authorization === null ? {} : { authorization }),
    ...senderOf(asked),
  };
  return new Request(`${publicUrl}${path}`, { method: "POST", headers, body });
}

function senderOf(asked: Request): Record<string, string> {
  const address = asked.headers.get("cf-connecting-ip");
  return address === null ? {} : { "cf-connecting-ip": address };
}

function refuseRegistration(): Response {
  const refusal = {
    error: "invalid_client_metadata",
    error_description:
      "Send redirect_uris, and token_endpoint_auth_method none, client_secret_basic or client_secret_post.",
  };
  return Response.json(refusal, { status: 400 });
}
