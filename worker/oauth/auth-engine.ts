import { extendOAuthProvider, oauthProvider } from "@better-auth/oauth-provider";
import type { ClientDiscovery, OAuthOptions } from "@better-auth/oauth-provider";
import { registerClientMetadataDocument } from "@better-auth/oauth-provider/internal";
import { getCurrentAuthContext } from "@better-auth/core/context";
import type { BetterAuthPlugin } from "better-auth";
import { betterAuth } from "better-auth/minimal";
import { limits } from "#contract/limits";
import { clientScopeNames, OFFLINE_SCOPE } from "#contract/oauth/scopes";
import { buildBaseOptions, openCookieSigner } from "../accounts/auth-base.ts";
import { sha256Hex } from "../platform/crypto.ts";
import {
  oauthAccessTokens,
  oauthClientAssertions,
  oauthClientResources,
  oauthClients,
  oauthConsents,
  oauthRefreshTokens,
  oauthResources,
} from "../platform/db/schema/oauth.ts";
import { isClientAddress } from "./client-document.ts";
import type { OAuthEngine, OAuthEngineDeps } from "./engine-api.ts";
import { resourceOf } from "./metadata.ts";
import { nameIssuer } from "./name-issuer.ts";
import { accessPrefix, refreshPrefix } from "./token-form.ts";

// owns the endpoints of OAuth, by better-auth; the only file that knows its provider.
// never loaded by a start, a hook, a call of a run or a request that shows a token.
// writes oauth_clients, oauth_resources, oauth_refresh_tokens, oauth_access_tokens and oauth_consents.

/** By this header the request that is handed to the library says what a person has just allowed. */
const GRANT = "x-floom-grant";
const MINUTE_SECONDS = 60;
const DOCUMENT = "document";

/** Builds the engine. Its parts hold nothing of a request, so one serves an isolate for all its life. */
export async function createOAuthEngine(deps: OAuthEngineDeps): Promise<OAuthEngine> {
  const base = await buildBaseOptions(deps, {
    oauthClient: oauthClients,
    oauthResource: oauthResources,
    oauthClientResource: oauthClientResources,
    oauthClientAssertion: oauthClientAssertions,
    oauthRefreshToken: oauthRefreshTokens,
    oauthAccessToken: oauthAccessTokens,
    oauthConsent: oauthConsents,
  });
  const inUse = await openCookieSigner(deps);
  const options = buildProviderOptions(deps.publicUrl);
  const auth = betterAuth({
    ...base,
    basePath: "/",
    // The accounts' engine is the one that keeps sessions; this one only reads who is signed in.
    session: { disableSessionRefresh: true },
    onAPIError: { errorURL: `${deps.publicUrl}/connect` },
    rateLimit: { enabled: true, storage: "database" },
    plugins: [
      requirePlugin(oauthProvider(options)),
      {
        id: "floom-client-documents",
        init: (context) => extendOAuthProvider(context, { clientDiscovery: discovery(deps, options) }),
      },
    ],
  });
  return {
    async handle(request, grant) {
      const headers = await inUse(request.headers);
      headers.delete(GRANT);
      if (grant !== undefined) headers.set(GRANT, grant);
      return leadTo(await auth.handler(new Request(request, { headers })), deps.publicUrl);
    },
  };
}

function leadTo(answer: Response, publicUrl: string): Response {
  const place = answer.headers.get("location");
  if (place === null) return answer;
  const headers = new Headers(answer.headers);
  headers.set("location", nameIssuer(place, publicUrl));
  return new Response(answer.body, { status: answer.status, headers });
}

/** The library's own type of a plugin is stricter than what its provider says it is. */
function requirePlugin(provider: unknown): BetterAuthPlugin {
  if (isPlugin(provider)) return provider;
  throw new Error("the provider of OAuth is no plugin of better-auth");
}

function isPlugin(value: unknown): value is BetterAuthPlugin {
  return typeof value === "object" && value !== null && "id" in value && "endpoints" in value;
}

function buildProviderOptions(publicUrl: string) {
  const scopes = [...clientScopeNames, OFFLINE_SCOPE];
  const often = { window: MINUTE_SECONDS, max: limits.client_requests_per_minute.value };
  return {
    scopes,
    resources: [resourceOf(publicUrl)],
    cachedResources: new Set([resourceOf(publicUrl)]),
    // There is one thing to be let in to, and every client asks for it.
    enforcePerClientResources: false,
    // A token that is a row is gone when its row is: there is no key whose word outlives that.
    disableJwtPlugin: true,
    grantTypes: ["authorization_code" as const, "refresh_token" as const],
    // Both lead to one page: whoever is not signed in is asked to be, and finds the request where it was.
    loginPage: `${publicUrl}/connect`,
    consentPage: `${publicUrl}/connect`,
    accessTokenExpiresIn: limits.client_access_seconds.value,
    refreshTokenExpiresIn: limits.client_refresh_seconds.value,
    refreshTokenReuseInterval: limits.client_reuse_seconds.value,
    codeExpiresIn: limits.client_code_seconds.value,
    allowDynamicClientRegistration: true,
    allowUnauthenticatedClientRegistration: true,
    prefix: { opaqueAccessToken: accessPrefix, refreshToken: refreshPrefix },
    storeTokens: { hash: (token: string) => sha256Hex(token) },
    rateLimit: {
      register: { window: MINUTE_SECONDS, max: limits.client_registrations_per_minute.value },
      token: often,
      authorize: often,
      revoke: often,
    },
    postLogin: {
      page: `${publicUrl}/connect`,
      shouldRedirect: () => false,
      consentReferenceId: async () => (await getCurrentAuthContext()).headers?.get(GRANT) ?? undefined,
    },
  } satisfies OAuthOptions<string[]>;
}

/**
 * Clients whose id is an address are what the document there says. One that was read within the hour is taken as it was;
 * one that cannot be read any more goes on as it was, for what it was let in to is the person's to end.
 */
function discovery(deps: OAuthEngineDeps, options: OAuthOptions<string[]>): ClientDiscovery {
  return {
    id: DOCUMENT,
    matches: (clientId) => isClientAddress(clientId, deps),
    async resolve(context, clientId, existing) {
      const ageMs = Date.now() - (existing?.updatedAt?.getTime() ?? 0);
      if (existing !== null && ageMs < limits.client_document_cache_seconds.value * 1000) return existing;
      const document = await deps.fetchClientDocument(clientId);
      if (document === null) return existing;
      const { client_id: _, ...metadata } = document;
      const { client } = await registerClientMetadataDocument(context, options, {
        metadata: { ...metadata, client_id: clientId },
        clientId,
        clientDiscoveryId: DOCUMENT,
        ...(existing === null ? {} : { existingClient: existing }),
      });
      return client;
    },
  };
}
