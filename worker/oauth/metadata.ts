import { clientScopeNames, OFFLINE_SCOPE } from "#contract/oauth/scopes";

/** Where tools are asked for, and the one thing that tokens of connected clients are good for. Pure. */
export function resourceOf(publicUrl: string): string {
  return `${publicUrl}/mcp`;
}

/** Where it stands who lets clients in to `resourceOf` (RFC 9728). Pure. */
export function resourceMetadataUrl(publicUrl: string): string {
  return `${publicUrl}/.well-known/oauth-protected-resource/mcp`;
}

/** Who lets clients in to the tools, and what they can ask for (RFC 9728). Pure. */
export function buildResourceMetadata(publicUrl: string) {
  return {
    resource: resourceOf(publicUrl),
    authorization_servers: [publicUrl],
    scopes_supported: clientScopeNames,
    bearer_methods_supported: ["header"],
    resource_name: "Floom",
  };
}

/** The endpoints of OAuth, and what they take (RFC 8414, RFC 9207, client id metadata documents). Pure. */
export function buildServerMetadata(publicUrl: string) {
  const methods = ["none", "client_secret_basic", "client_secret_post"];
  return {
    issuer: publicUrl,
    authorization_endpoint: `${publicUrl}/oauth2/authorize`,
    token_endpoint: `${publicUrl}/oauth2/token`,
    registration_endpoint: `${publicUrl}/oauth2/register`,
    revocation_endpoint: `${publicUrl}/oauth2/revoke`,
    scopes_supported: [...clientScopeNames, OFFLINE_SCOPE],
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: ["authorization_code", "refresh_token"],
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
  };
}

/** What a client is told that shows no token, or one that is none: where to get one (RFC 6750, RFC 9728). Pure. */
export function buildChallenge(publicUrl: string, { isTokenShown }: { isTokenShown: boolean }): string {
  const error = isTokenShown ? `error="invalid_token", ` : "";
  return `Bearer ${error}resource_metadata="${resourceMetadataUrl(publicUrl)}", scope="${clientScopeNames.join(" ")}"`;
}
