import * as oauth from "oauth4webapi";
import { exports } from "cloudflare:workers";
import { ORIGIN } from "./account-harness.ts";
import type { Browser } from "./account-harness.ts";

export const RESOURCE = `${ORIGIN}/mcp`;
export const REDIRECT = "http://127.0.0.1:33418/callback";

interface Sent {
  method: string;
  headers: Record<string, string>;
  body?: string | URLSearchParams | undefined;
}

/** What a foreign client of OAuth is told to reach the edge inside workerd by, over plain http. */
export const options = {
  [oauth.allowInsecureRequests]: true,
  [oauth.customFetch]: (url: string, { method, headers, body }: Sent) =>
    exports.default.fetch(new Request(url, { method, headers, body: body ?? null, redirect: "manual" })),
};

export async function discover(): Promise<oauth.AuthorizationServer> {
  const resource = new URL(RESOURCE);
  const about = await oauth.processResourceDiscoveryResponse(
    resource,
    await oauth.resourceDiscoveryRequest(resource, options),
  );
  const issuer = new URL(about.authorization_servers?.[0] ?? "");
  const answer = await oauth.discoveryRequest(issuer, { algorithm: "oauth2", ...options });
  return oauth.processDiscoveryResponse(issuer, answer);
}

export async function register(
  as: oauth.AuthorizationServer,
  metadata: Partial<oauth.Client> = {},
): Promise<oauth.Client> {
  const answer = await oauth.dynamicClientRegistrationRequest(
    as,
    {
      client_name: "Test client",
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: "none",
      ...metadata,
    },
    options,
  );
  return oauth.processDynamicClientRegistrationResponse(answer);
}

export interface Asked {
  as: oauth.AuthorizationServer;
  client: oauth.Client;
  verifier: string;
  url: URL;
}

/** An address at which a person is asked to let the client in. */
export async function ask(
  as: oauth.AuthorizationServer,
  client: oauth.Client,
  change: Record<string, string | null> = {},
): Promise<Asked> {
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(as.authorization_endpoint ?? "");
  const params: Record<string, string | null> = {
    client_id: client.client_id,
    redirect_uri: REDIRECT,
    response_type: "code",
    scope: "runs:read runs:write",
    state: "state-of-the-test",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    resource: RESOURCE,
    ...change,
  };
  for (const [name, value] of Object.entries(params)) if (value !== null) url.searchParams.set(name, value);
  return { as, client, verifier, url };
}

/** Where a browser is sent that goes to an address of `ask`. */
export async function goTo(browser: Browser, { url }: Pick<Asked, "url">): Promise<URL> {
  const headers = { accept: "text/html", cookie: browser.cookie, "cf-connecting-ip": "192.0.2.77" };
  const answer = await exports.default.fetch(new Request(url, { headers, redirect: "manual" }));
  return new URL(answer.headers.get("location") ?? "", ORIGIN);
}

export interface Say {
  workspace_id: string;
  scopes?: string[];
}

/** The person lets the client in, on the consent page; where their browser goes then. */
export async function allow(browser: Browser, asked: Asked, say: Say): Promise<URL> {
  const page = await goTo(browser, asked);
  const answer = await browser.call("POST", "/api/oauth/request", {
    json: {
      verdict: "allow",
      request: page.search.slice(1),
      workspace_id: say.workspace_id,
      scopes: say.scopes ?? ["runs:read", "runs:write"],
    },
  });
  const body: { redirect_to?: string } = await answer.json();
  if (body.redirect_to === undefined) throw new Error(`the edge answers ${JSON.stringify(body)}`);
  return new URL(body.redirect_to);
}

/** The client's tokens for the code that came back with the browser. */
export async function redeem(
  asked: Asked,
  back: URL,
  verifier = asked.verifier,
): Promise<oauth.TokenEndpointResponse> {
  const params = oauth.validateAuthResponse(asked.as, asked.client, back, "state-of-the-test");
  const answer = await oauth.authorizationCodeGrantRequest(
    asked.as,
    asked.client,
    oauth.None(),
    params,
    REDIRECT,
    verifier,
    { ...options, additionalParameters: { resource: RESOURCE } },
  );
  return oauth.processAuthorizationCodeResponse(asked.as, asked.client, answer);
}

export async function refresh({ as, client }: Asked, token: string): Promise<oauth.TokenEndpointResponse> {
  const answer = await oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, options);
  return oauth.processRefreshTokenResponse(as, client, answer);
}
