import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { UserId } from "#contract/ids";
import { hmacSha256Hex } from "../platform/crypto.ts";
import type { Db } from "../platform/db/client.ts";
import { accounts, sessions, signInRates, users, verifications } from "../platform/db/schema/accounts.ts";
import { isLoopbackOrigin } from "./local-origin.ts";
import { resignCookies } from "./resign-cookies.ts";

/** What every engine of this server is built from. */
export interface BaseDeps {
  db: Db;
  /** The origin people reach this edge at. */
  publicUrl: string;
  /** Signs cookies and links. */
  signingKey: string;
  /** Those before it: the cookies that they signed are still good. */
  earlierSigningKeys: readonly string[];
  newUserId: () => UserId;
  newRowId: () => string;
}

/** What the library signs with. */
const deriveSecret = (signingKey: string) => hmacSha256Hex(signingKey, "accounts");

/** Makes headers as if every cookie in them had been signed with the key in use: see `resignCookies`. */
export async function openCookieSigner(
  keys: Pick<BaseDeps, "signingKey" | "earlierSigningKeys">,
): Promise<(given: Headers) => Promise<Headers>> {
  const secret = await deriveSecret(keys.signingKey);
  const earlier = await Promise.all(keys.earlierSigningKeys.map(deriveSecret));
  return async (given) => {
    const headers = new Headers(given);
    const cookies = headers.get("cookie");
    if (cookies !== null && earlier.length > 0)
      headers.set("cookie", await resignCookies(cookies, { secret, earlier }));
    return headers;
  };
}

type Tables = NonNullable<Parameters<typeof drizzleAdapter>[1]["schema"]>;

/**
 * What the engines that know a session have in common: whoever is signed in by one is to the others. `tables` are those
 * that one of them has besides.
 */
export async function buildBaseOptions(deps: BaseDeps, tables: Tables) {
  const secure = !isLoopbackOrigin(deps.publicUrl);
  return {
    appName: "Floom",
    baseURL: deps.publicUrl,
    secret: await deriveSecret(deps.signingKey),
    trustedOrigins: [deps.publicUrl],
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: drizzleAdapter(deps.db, {
      provider: "sqlite" as const,
      schema: {
        user: users,
        session: sessions,
        account: accounts,
        verification: verifications,
        rateLimit: signInRates,
        ...tables,
      },
    }),
    advanced: {
      cookiePrefix: "floom",
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax" as const, secure, path: "/" },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      database: {
        generateId: ({ model }: { model: string }) => (model === "user" ? deps.newUserId() : deps.newRowId()),
      },
    },
    verification: { storeIdentifier: "hashed" as const },
  };
}
