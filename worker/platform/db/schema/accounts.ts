import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/**
 * People, how they sign in, and where they are signed in. better-auth reads and writes these tables by the names of its
 * own fields, so the members are in its spelling here; the columns are in the house's. Times are epoch milliseconds.
 */

const time = (column: string) => integer(column, { mode: "timestamp_ms" });
const flag = (column: string) => integer(column, { mode: "boolean" });

/** `id` is `usr_...`. An address is kept in lower case. */
export const users = sqliteTable("users", {
  id: text().primaryKey(),
  name: text().notNull(),
  email: text().notNull().unique(),
  emailVerified: flag("email_verified").notNull().default(false),
  image: text(),
  createdAt: time("created_at").notNull(),
  updatedAt: time("updated_at").notNull(),
});

/** One sign-in of one browser. Whoever holds `token` and the key that signs cookies is signed in. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    token: text().notNull().unique(),
    expiresAt: time("expires_at").notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (t) => [index("sessions_by_user").on(t.userId)],
);

/** One way in of one person: a password (hashed), or an account at GitHub or Google. */
export const accounts = sqliteTable(
  "accounts",
  {
    id: text().primaryKey(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: time("access_token_expires_at"),
    refreshTokenExpiresAt: time("refresh_token_expires_at"),
    scope: text(),
    password: text(),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (t) => [
    index("accounts_by_user").on(t.userId),
    index("accounts_by_provider").on(t.providerId, t.accountId),
  ],
);

/** What was sent to somebody to be shown once: of a link that verifies, resets or signs in only a hash is kept. */
export const verifications = sqliteTable(
  "verifications",
  {
    id: text().primaryKey(),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: time("expires_at").notNull(),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (t) => [index("verifications_by_identifier").on(t.identifier)],
);

export const passkeys = sqliteTable(
  "passkeys",
  {
    id: text().primaryKey(),
    name: text(),
    publicKey: text("public_key").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    credentialID: text("credential_id").notNull(),
    counter: integer().notNull(),
    deviceType: text("device_type").notNull(),
    backedUp: flag("backed_up").notNull(),
    transports: text(),
    createdAt: time("created_at"),
    aaguid: text(),
  },
  (t) => [index("passkeys_by_user").on(t.userId), index("passkeys_by_credential").on(t.credentialID)],
);

/** How often an address asked for one path of signing in lately. */
export const signInRates = sqliteTable("sign_in_rates", {
  id: text().primaryKey(),
  key: text().notNull().unique(),
  count: integer().notNull(),
  lastRequest: integer("last_request").notNull(),
});
