import { foreignKey, index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ClientGrantId, UserId, WorkspaceId } from "#contract/ids";
import { members } from "./access.ts";

/**
 * Programs that people have let in. But for `oauth_grants` the library of OAuth reads and writes these tables by the names
 * of its own fields, so the members are in its spelling here; the columns are in the house's. Lists are JSON in a text.
 */

const time = (column: string) => integer(column, { mode: "timestamp_ms" });
const flag = (column: string) => integer(column, { mode: "boolean" });

/** One client. `clientDiscoveryId` says by what it is known; null for one that registered itself. */
export const oauthClients = sqliteTable(
  "oauth_clients",
  {
    id: text().primaryKey(),
    clientId: text("client_id").notNull().unique(),
    clientSecret: text("client_secret"),
    clientDiscoveryId: text("client_discovery_id"),
    disabled: flag("disabled").default(false),
    skipConsent: flag("skip_consent"),
    enableEndSession: flag("enable_end_session"),
    subjectType: text("subject_type"),
    scopes: text(),
    clientCredentialsScopes: text("client_credentials_scopes"),
    userId: text("user_id"),
    createdAt: time("created_at"),
    updatedAt: time("updated_at"),
    name: text(),
    uri: text(),
    icon: text(),
    contacts: text(),
    tos: text(),
    policy: text(),
    softwareId: text("software_id"),
    softwareVersion: text("software_version"),
    softwareStatement: text("software_statement"),
    redirectUris: text("redirect_uris").notNull(),
    postLogoutRedirectUris: text("post_logout_redirect_uris"),
    backchannelLogoutUri: text("backchannel_logout_uri"),
    backchannelLogoutSessionRequired: flag("backchannel_logout_session_required"),
    tokenEndpointAuthMethod: text("token_endpoint_auth_method"),
    applicationType: text("application_type"),
    jwks: text(),
    jwksUri: text("jwks_uri"),
    grantTypes: text("grant_types"),
    responseTypes: text("response_types"),
    requirePKCE: flag("require_pkce"),
    dpopBoundAccessTokens: flag("dpop_bound_access_tokens").default(false),
    referenceId: text("reference_id"),
    metadata: text(),
  },
  (t) => [index("oauth_clients_by_creation").on(t.createdAt)],
);

/** What tokens can be for. */
export const oauthResources = sqliteTable("oauth_resources", {
  id: text().primaryKey(),
  identifier: text().notNull().unique(),
  name: text().notNull(),
  accessTokenTtl: integer("access_token_ttl"),
  refreshTokenTtl: integer("refresh_token_ttl"),
  signingAlgorithm: text("signing_algorithm"),
  signingKeyId: text("signing_key_id"),
  allowedScopes: text("allowed_scopes"),
  customClaims: text("custom_claims"),
  dpopBoundAccessTokensRequired: flag("dpop_bound_access_tokens_required").default(false),
  disabled: flag("disabled").default(false),
  createdAt: time("created_at"),
  updatedAt: time("updated_at"),
  policyVersion: integer("policy_version").default(1),
  metadata: text(),
});

/** Which clients may ask for which resources. The library wants the table; here every client may ask for the only one. */
export const oauthClientResources = sqliteTable("oauth_client_resources", {
  id: text().primaryKey(),
  clientId: text("client_id").notNull(),
  resourceId: text("resource_id").notNull(),
  metadata: text(),
  createdAt: time("created_at"),
});

/** What clients showed once that sign for themselves. The library wants the table; no client here can. */
export const oauthClientAssertions = sqliteTable("oauth_client_assertions", {
  id: text().primaryKey(),
  expiresAt: time("expires_at").notNull(),
});

/**
 * That a person has let a client act for them in a workspace. Every request of the client asks for this row; with it go
 * all its tokens, and with the membership goes the row, in the same statement whoever deletes it. Times are epoch
 * milliseconds. `scopes` is a JSON array: what was said at the last consent.
 */
export const oauthGrants = sqliteTable(
  "oauth_grants",
  {
    id: text().$type<ClientGrantId>().primaryKey(),
    client_id: text()
      .notNull()
      .references(() => oauthClients.clientId, { onDelete: "cascade" }),
    user_id: text().$type<UserId>().notNull(),
    workspace_id: text().$type<WorkspaceId>().notNull(),
    scopes: text({ mode: "json" }).$type<unknown>().notNull(),
    connected_at: integer().notNull(),
    last_used_at: integer(),
  },
  (t) => [
    foreignKey({
      columns: [t.workspace_id, t.user_id],
      foreignColumns: [members.workspace_id, members.user_id],
    }).onDelete("cascade"),
    uniqueIndex("oauth_grants_by_person").on(t.user_id, t.workspace_id, t.client_id),
    index("oauth_grants_by_member").on(t.workspace_id, t.user_id),
    index("oauth_grants_by_client").on(t.client_id),
  ],
);

const grant = (column: string) => text(column).references(() => oauthGrants.id, { onDelete: "cascade" });

/** `token` is a hash. One that was used stays until its time is over, so that it is known when it comes again. */
export const oauthRefreshTokens = sqliteTable(
  "oauth_refresh_tokens",
  {
    id: text().primaryKey(),
    token: text().notNull().unique(),
    clientId: text("client_id").notNull(),
    sessionId: text("session_id"),
    userId: text("user_id").notNull(),
    referenceId: grant("reference_id"),
    authorizationCodeId: text("authorization_code_id"),
    resources: text(),
    requestedUserInfoClaims: text("requested_user_info_claims"),
    expiresAt: time("expires_at").notNull(),
    createdAt: time("created_at").notNull(),
    revoked: time("revoked"),
    rotatedAt: time("rotated_at"),
    rotationReplayResponse: text("rotation_replay_response"),
    rotationReplayExpiresAt: time("rotation_replay_expires_at"),
    authTime: time("auth_time"),
    confirmation: text(),
    scopes: text().notNull(),
  },
  (t) => [
    index("oauth_refresh_tokens_by_grant").on(t.referenceId),
    index("oauth_refresh_tokens_by_client").on(t.clientId, t.userId),
    index("oauth_refresh_tokens_by_code").on(t.authorizationCodeId),
    index("oauth_refresh_tokens_by_expiry").on(t.expiresAt),
  ],
);

/** `token` is the hex SHA-256 of what the client holds behind the prefix. */
export const oauthAccessTokens = sqliteTable(
  "oauth_access_tokens",
  {
    id: text().primaryKey(),
    token: text().notNull().unique(),
    clientId: text("client_id").notNull(),
    sessionId: text("session_id"),
    userId: text("user_id"),
    referenceId: grant("reference_id"),
    authorizationCodeId: text("authorization_code_id"),
    resources: text(),
    requestedUserInfoClaims: text("requested_user_info_claims"),
    refreshId: text("refresh_id").references(() => oauthRefreshTokens.id, { onDelete: "cascade" }),
    expiresAt: time("expires_at").notNull(),
    createdAt: time("created_at").notNull(),
    revoked: time("revoked"),
    confirmation: text(),
    scopes: text().notNull(),
  },
  (t) => [
    index("oauth_access_tokens_by_grant").on(t.referenceId),
    index("oauth_access_tokens_by_refresh").on(t.refreshId),
    index("oauth_access_tokens_by_code").on(t.authorizationCodeId),
    index("oauth_access_tokens_by_expiry").on(t.expiresAt),
  ],
);

/** What a person said the last time they were asked about a client; they are asked every time all the same. */
export const oauthConsents = sqliteTable(
  "oauth_consents",
  {
    id: text().primaryKey(),
    clientId: text("client_id").notNull(),
    userId: text("user_id"),
    referenceId: grant("reference_id"),
    resources: text(),
    requestedUserInfoClaims: text("requested_user_info_claims"),
    scopes: text().notNull(),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (t) => [
    index("oauth_consents_by_client").on(t.clientId, t.userId),
    index("oauth_consents_by_grant").on(t.referenceId),
  ],
);
