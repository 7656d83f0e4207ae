import { createHash, randomUUID } from "node:crypto";
import { answerWith, serve } from "./mcp-server.ts";
import type { McpPlace, Serving } from "./mcp-server.ts";

/** An authorization server of the tests: what it was asked, and how it answers. Public clients with PKCE, rotating refresh tokens. */
export interface AuthorityPlace {
  /** Every request for a token, as it came. */
  tokenRequests: Record<string, string>[];
  authorizations: Record<string, string>[];
  registrations: unknown[];
  /** Answers a refresh instead of the server; null: it answers itself. */
  refreshFault: { status: number; body: unknown } | null;
  accessSeconds: number;
  live: Set<string>;
  takesDocuments: boolean;
}

export const newAuthority = (): AuthorityPlace => ({
  tokenRequests: [],
  authorizations: [],
  registrations: [],
  refreshFault: null,
  accessSeconds: 3600,
  live: new Set(),
  takesDocuments: false,
});

const s256 = (verifier: string) => createHash("sha256").update(verifier).digest("base64url");

export function serveAuthority(place: AuthorityPlace): Promise<Serving> {
  const codes = new Map<string, { challenge: string; redirect: string }>();
  let refreshToken = "";
  const json = (body: unknown, status = 200) => Response.json(body, { status });
  const issue = () => {
    const access = `at_${randomUUID()}`;
    place.live.add(access);
    refreshToken = `rt_${randomUUID()}`;
    return json({
      access_token: access,
      token_type: "Bearer",
      expires_in: place.accessSeconds,
      refresh_token: refreshToken,
    });
  };
  const takeToken = async (request: Request) => {
    const form = Object.fromEntries(new URLSearchParams(await request.text()));
    place.tokenRequests.push(form);
    if (form["grant_type"] === "refresh_token") {
      if (place.refreshFault !== null) return json(place.refreshFault.body, place.refreshFault.status);
      return form["refresh_token"] === refreshToken ? issue() : json({ error: "invalid_grant" }, 400);
    }
    const code = codes.get(form["code"] ?? "");
    codes.delete(form["code"] ?? "");
    const isGood =
      code?.challenge === s256(form["code_verifier"] ?? "") && code.redirect === form["redirect_uri"];
    return isGood ? issue() : json({ error: "invalid_grant" }, 400);
  };
  return serve((incoming, response) =>
    answerWith(
      async (request) => {
        const url = new URL(request.url);
        if (url.pathname.startsWith("/.well-known/"))
          return json({
            issuer: url.origin,
            authorization_endpoint: `${url.origin}/authorize`,
            token_endpoint: `${url.origin}/token`,
            registration_endpoint: `${url.origin}/register`,
            response_types_supported: ["code"],
            grant_types_supported: ["authorization_code", "refresh_token"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["none"],
            authorization_response_iss_parameter_supported: true,
            client_id_metadata_document_supported: place.takesDocuments,
          });
        if (url.pathname === "/register") {
          const wanted: unknown = await request.json();
          place.registrations.push(wanted);
          return json({ ...(wanted as object), client_id: "registered" }, 201);
        }
        if (url.pathname === "/authorize") {
          const asked = Object.fromEntries(url.searchParams);
          place.authorizations.push(asked);
          const code = randomUUID();
          codes.set(code, {
            challenge: asked["code_challenge"] ?? "",
            redirect: asked["redirect_uri"] ?? "",
          });
          const back = new URL(asked["redirect_uri"] ?? "");
          back.search = new URLSearchParams({
            code,
            state: asked["state"] ?? "",
            iss: url.origin,
          }).toString();
          return new Response(null, { status: 302, headers: { location: back.href } });
        }
        return url.pathname === "/token" ? takeToken(request) : json({ error: "not_found" }, 404);
      },
      incoming,
      response,
    ),
  );
}

/** Lets in whoever has a token of the authority, and tells everybody else where to get one. */
export function guardWith(place: McpPlace, authority: AuthorityPlace, metadataUrl: () => string): void {
  place.guard = (token) =>
    token !== undefined && authority.live.has(token)
      ? null
      : {
          status: 401,
          headers: { "www-authenticate": `Bearer resource_metadata="${metadataUrl()}", scope="tools"` },
        };
}
