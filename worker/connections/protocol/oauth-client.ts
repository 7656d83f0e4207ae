import type {
  AuthorizationServerMetadata,
  OAuthClientInformationMixed,
  OAuthTokens,
} from "@modelcontextprotocol/client";
import * as z from "zod";
import { defineUnmarked } from "../../platform/objects/stored-document.ts";
import type { GuardedFetch } from "../guarded-fetch.ts";

/** Floom as a client of authorization servers. `document_url`: its client metadata document; null where nobody can read it. */
export interface OwnClient {
  redirect_uri: string;
  document_url: string | null;
}

const clientInformation = z.looseObject({ client_id: z.string(), client_secret: z.string().optional() });
/** It was judged by the library when it was read; what is kept of it is believed to be that. */
const serverMetadata = z.custom<AuthorizationServerMetadata>(
  (value) => typeof value === "object" && value !== null && "issuer" in value,
);

/** Which authorization server signs in to a connection, and what Floom is there. */
const serverSchema = z.object({
  authorization_server: z.string(),
  metadata: serverMetadata.nullable(),
  client: clientInformation,
  /** What tokens are for (RFC 8707); it goes along with every request for one. */
  resource: z.string(),
});

/** A sign-in that was begun. */
export const begunSchema = serverSchema.extend({
  nonce: z.string(),
  verifier: z.string(),
  redirect_uri: z.string(),
  expires_at: z.number(),
});
export type Begun = z.infer<typeof begunSchema>;
export const begunForm = defineUnmarked("sign-in that was begun", begunSchema);

/** A sign-in that stands. `expires_at`: of the access token; null where its server does not say. */
export const signedInSchema = serverSchema.extend({
  access_token: z.string(),
  refresh_token: z.string().nullable(),
  scope: z.string().nullable(),
  expires_at: z.number().nullable(),
});
export type SignedIn = z.infer<typeof signedInSchema>;
export const signedInForm = defineUnmarked("sign-in", signedInSchema);

/** The server asks nobody to sign in. */
export class NoSignIn extends Error {
  override readonly name = "NoSignIn";
}

/** The refresh token is good for nothing any more: only a person can go on. */
export class SignInOver extends Error {
  override readonly name = "SignInOver";
}

const library = () => import("@modelcontextprotocol/client");

interface BeginOptions {
  url: string;
  fetch: GuardedFetch;
  own: OwnClient;
  /** Registered by hand, with the secret's value. */
  given: { client_id: string; client_secret: string | null } | null;
  state: string;
  nonce: string;
  expiresAt: number;
}

/** Finds out where one signs in, what Floom is there, and the link that a person opens. */
export async function beginSignIn(options: BeginOptions): Promise<{ begun: Begun; link: string }> {
  const { discoverOAuthServerInfo, startAuthorization, checkResourceAllowed, resourceUrlFromServerUrl } =
    await library();
  const { url, fetch, own, state, nonce, expiresAt } = options;
  const challenge = await probe(url, fetch);
  const info = await discoverOAuthServerInfo(url, {
    fetchFn: fetch,
    ...(challenge.resourceMetadataUrl === undefined
      ? {}
      : { resourceMetadataUrl: challenge.resourceMetadataUrl }),
  });
  const asked = resourceUrlFromServerUrl(url);
  const named = info.resourceMetadata?.resource;
  if (named !== undefined && !checkResourceAllowed({ requestedResource: asked, configuredResource: named }))
    throw new Error(`The server says that tokens are for ${named}, which is not ${asked.href}.`);
  const resource = named ?? asked.href;
  const metadata = info.authorizationServerMetadata;
  const scope = chooseScope(
    challenge.scope,
    info.resourceMetadata?.scopes_supported,
    metadata?.scopes_supported,
  );
  const client = await chooseClient(options, { server: info.authorizationServerUrl, metadata, scope });
  const { authorizationUrl, codeVerifier } = await startAuthorization(info.authorizationServerUrl, {
    ...(metadata === undefined ? {} : { metadata }),
    clientInformation: client,
    redirectUrl: own.redirect_uri,
    ...(scope === undefined ? {} : { scope }),
    state,
    resource,
  });
  const begun = begunForm.read({
    authorization_server: info.authorizationServerUrl,
    metadata: metadata ?? null,
    client,
    resource,
    nonce,
    verifier: codeVerifier,
    redirect_uri: own.redirect_uri,
    expires_at: expiresAt,
  });
  return { begun, link: authorizationUrl.href };
}

/** What a server says to somebody without a token. Throws NoSignIn where it lets them in. */
async function probe(url: string, ask: GuardedFetch): Promise<{ resourceMetadataUrl?: URL; scope?: string }> {
  const { extractWWWAuthenticateParams } = await library();
  const answer = await ask(url, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
  });
  await answer.body?.cancel();
  if (answer.status !== 401 && answer.status !== 403)
    throw new NoSignIn(`It answers ${answer.status} without a token.`);
  return extractWWWAuthenticateParams(answer);
}

/** The scopes that were asked for, else those that the resource names; with lasting access where that is a scope. Pure. */
function chooseScope(
  challenged: string | undefined,
  ofResource: string[] | undefined,
  ofServer: string[] | undefined,
): string | undefined {
  const scope = challenged ?? ofResource?.join(" ");
  const lasts = ofServer?.includes("offline_access") === true;
  if (scope === undefined) return lasts ? "offline_access" : undefined;
  return lasts && !scope.split(" ").includes("offline_access") ? `${scope} offline_access` : scope;
}

/** The client that was given by hand, else Floom's own document, else one that is registered now. */
async function chooseClient(
  { own, given, fetch }: BeginOptions,
  at: { server: string; metadata: AuthorizationServerMetadata | undefined; scope: string | undefined },
): Promise<OAuthClientInformationMixed> {
  const { registerClient } = await library();
  const { metadata } = at;
  if (given !== null)
    return given.client_secret === null
      ? { client_id: given.client_id }
      : { client_id: given.client_id, client_secret: given.client_secret };
  if (own.document_url !== null && metadata?.["client_id_metadata_document_supported"] === true)
    return { client_id: own.document_url };
  const methods = metadata?.token_endpoint_auth_methods_supported ?? ["client_secret_basic"];
  const isPublic = methods.includes("none");
  const secretMethod = methods.includes("client_secret_basic") ? "client_secret_basic" : "client_secret_post";
  return registerClient(at.server, {
    ...(metadata === undefined ? {} : { metadata }),
    clientMetadata: {
      client_name: "Floom",
      redirect_uris: [own.redirect_uri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: isPublic ? "none" : secretMethod,
    },
    ...(at.scope === undefined ? {} : { scope: at.scope }),
    fetchFn: fetch,
  });
}

const metadataOf = ({ metadata }: { metadata: Begun["metadata"] }) => (metadata === null ? {} : { metadata });

/** Turns the code that a browser brought back into a sign-in. */
export async function endSignIn(
  begun: Begun,
  { code, iss, fetch, now }: { code: string; iss: string | null; fetch: GuardedFetch; now: number },
): Promise<SignedIn> {
  const { exchangeAuthorization } = await library();
  const tokens = await exchangeAuthorization(begun.authorization_server, {
    ...metadataOf(begun),
    clientInformation: begun.client,
    authorizationCode: code,
    ...(iss === null ? {} : { iss }),
    codeVerifier: begun.verifier,
    redirectUri: begun.redirect_uri,
    resource: begun.resource,
    fetchFn: fetch,
  });
  return toSignedIn(begun, tokens, now);
}

/** New tokens for old ones. Throws SignInOver for `invalid_grant` alone; everything else may be over in a minute. */
export async function refreshSignIn(
  signedIn: SignedIn,
  { fetch, now }: { fetch: GuardedFetch; now: number },
): Promise<SignedIn> {
  if (signedIn.refresh_token === null)
    throw new SignInOver("The token has expired, and there is none to renew it with.");
  const { refreshAuthorization, OAuthError } = await library();
  try {
    const tokens = await refreshAuthorization(signedIn.authorization_server, {
      ...metadataOf(signedIn),
      clientInformation: signedIn.client,
      refreshToken: signedIn.refresh_token,
      resource: signedIn.resource,
      fetchFn: fetch,
    });
    return toSignedIn(signedIn, tokens, now);
  } catch (error) {
    if (OAuthError.isInstance(error) && error.code === "invalid_grant")
      throw new SignInOver("The authorization server does not take the sign-in any more.", { cause: error });
    throw error;
  }
}

function toSignedIn(of: Begun | SignedIn, tokens: OAuthTokens, now: number): SignedIn {
  return signedInForm.read({
    authorization_server: of.authorization_server,
    metadata: of.metadata,
    client: of.client,
    resource: of.resource,
    access_token: tokens.access_token,
    refresh_token: tokens.refresh_token ?? ("refresh_token" in of ? of.refresh_token : null),
    scope: tokens.scope ?? null,
    expires_at: tokens.expires_in === undefined ? null : now + tokens.expires_in * 1000,
  });
}
