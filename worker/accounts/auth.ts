import { passkey } from "@better-auth/passkey";
import { APIError } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { magicLink } from "better-auth/plugins/magic-link";
import { userIdSchema } from "#contract/ids";
import { limits } from "#contract/limits";
import type { Db } from "../platform/db/client.ts";
import { passkeys } from "../platform/db/schema/accounts.ts";
import { describeError, log } from "../platform/log.ts";
import { buildBaseOptions, openCookieSigner } from "./auth-base.ts";
import { buildExistingMail, buildMagicMail, buildResetMail, buildVerifyMail } from "./build-mails.ts";
import type { AccountEngine, AccountMail, EngineDeps } from "./engine-api.ts";
import { rateRules } from "./rate-rules.ts";

// owns how a person proves who they are, by better-auth; the only file that knows it.
// never loaded by a start, a hook or a call of a run: whoever needs it imports it when it is asked.
// writes users, sessions, accounts, verifications, passkeys and sign_in_rates.

/** By this header of the request that the library is handed, a mail finds what keeps the script alive for it. */
const BEHIND = "x-floom-behind";

/** Builds the engine. Its parts hold nothing of a request, so one serves an isolate for all its life. */
export async function createEngine(deps: EngineDeps & { db: Db }): Promise<AccountEngine> {
  const behind = new Map<string, (work: Promise<unknown>) => void>();
  const admitted = new Set<string>();
  const maySignUp = async (email: string) => admitted.has(email) || deps.maySignUp(email);
  const inUse = await openCookieSigner(deps);
  const auth = betterAuth(
    await buildOptions({ ...deps, maySignUp }, (mail, headers) => post(deps, behind, { mail, headers })),
  );
  return {
    async handle(request, waitUntil) {
      const key = deps.newRowId();
      const headers = await inUse(request.headers);
      headers.set(BEHIND, key);
      behind.set(key, waitUntil);
      try {
        return await auth.handler(new Request(request, { headers }));
      } finally {
        behind.delete(key);
      }
    },
    async createPerson({ email, password, name }) {
      const { internalAdapter, password: passwords } = await auth.$context;
      const address = email.toLowerCase();
      admitted.add(address);
      try {
        const user = await internalAdapter.createUser(
          { email: address, name, emailVerified: true },
          { method: "email-password" },
        );
        const hash = await passwords.hash(password);
        await internalAdapter.linkAccount({
          userId: user.id,
          providerId: "credential",
          accountId: user.id,
          password: hash,
        });
        return { user_id: userIdSchema.parse(user.id), email: address, name };
      } finally {
        admitted.delete(address);
      }
    },
    async findSession(given) {
      const headers = await inUse(given);
      const found = await auth.api.getSession({ headers, query: { disableRefresh: true } });
      if (found === null) return null;
      const { user, session } = found;
      return {
        user_id: userIdSchema.parse(user.id),
        session_id: session.id,
        email: user.email,
        email_verified: user.emailVerified,
        name: user.name,
        signed_in_at: session.createdAt.getTime(),
      };
    },
  };
}

type Post = (mail: AccountMail, headers: Headers | undefined) => Promise<void>;

/**
 * Sends a mail behind the answer, so that how long the answer takes does not tell whether there was anybody to write to;
 * nor does a provider that refuses.
 */
async function post(
  deps: EngineDeps,
  behind: ReadonlyMap<string, (work: Promise<unknown>) => void>,
  { mail, headers }: { mail: AccountMail; headers: Headers | undefined },
): Promise<void> {
  const sent = deps.sendMail(mail).catch((error: unknown) => {
    log("error", "accounts.mail_failed", { error: describeError(error) });
  });
  const keep = behind.get(headers?.get(BEHIND) ?? "");
  if (keep === undefined) return sent;
  keep(sent);
}

async function buildOptions(deps: EngineDeps & { db: Db }, send: Post) {
  const base = await buildBaseOptions(deps, { passkey: passkeys });
  return {
    ...base,
    basePath: "/api/auth",
    session: {
      expiresIn: limits.session_seconds.value,
      freshAge: limits.session_fresh_seconds.value,
    },
    account: { encryptOAuthTokens: true },
    rateLimit: { enabled: true, storage: "database" as const, ...rateRules },
    ...signInOptions(deps, send),
    databaseHooks: {
      user: {
        create: {
          // With this very refusal the library answers a sign-up as if a mail had been sent, whoever asks.
          before: async ({ email }: { email: string }) => {
            if (!(await deps.maySignUp(email)))
              throw new APIError("FORBIDDEN", { message: "Sign-up is closed." });
          },
          after: ({ id, email, name }: { id: string; email: string; name: string }) =>
            deps.onSignUp({ user_id: userIdSchema.parse(id), email, name }),
        },
      },
    },
    plugins: [
      magicLink({
        expiresIn: limits.magic_link_seconds.value,
        storeToken: "hashed",
        sendMagicLink: async ({ email, token }, context) => {
          if (!(await deps.hasAccount(email)) && !(await deps.maySignUp(email))) return;
          await send(buildMagicMail(deps.publicUrl, { email, token }), context?.request?.headers);
        },
      }),
      passkey({ rpID: new URL(deps.publicUrl).hostname, rpName: "Floom", origin: deps.publicUrl }),
    ],
  };
}

/** The ways in that need no plugin. */
function signInOptions(deps: EngineDeps, send: Post) {
  const { github, google } = deps.social;
  return {
    emailAndPassword: {
      enabled: true,
      requireEmailVerification: true,
      minPasswordLength: limits.password_characters_least.value,
      maxPasswordLength: limits.password_characters.value,
      resetPasswordTokenExpiresIn: limits.reset_seconds.value,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async (
        { user, token }: { user: { email: string }; token: string },
        request?: Request,
      ) => send(buildResetMail(deps.publicUrl, { email: user.email, token }), request?.headers),
      onExistingUserSignUp: async ({ user }: { user: { email: string } }, request?: Request) =>
        send(buildExistingMail(deps.publicUrl, { email: user.email }), request?.headers),
    },
    emailVerification: {
      sendOnSignUp: true,
      sendOnSignIn: false,
      autoSignInAfterVerification: false,
      expiresIn: limits.verification_seconds.value,
      sendVerificationEmail: async (
        { user, token }: { user: { email: string }; token: string },
        request?: Request,
      ) => send(buildVerifyMail(deps.publicUrl, { email: user.email, token }), request?.headers),
    },
    socialProviders: {
      ...(github === null ? {} : { github }),
      ...(google === null ? {} : { google }),
    },
  };
}
