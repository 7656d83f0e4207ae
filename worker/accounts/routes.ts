import type { accountRoutes } from "#contract/accounts/routes";
import { limits } from "#contract/limits";
import type { RouteHandlers } from "../http/mount.ts";
import { AppError } from "../platform/app-error.ts";
import {
  deleteOwnAccount,
  describeAccount,
  endOwnSession,
  exportOwnAccount,
  listOwnSessions,
  requireSession,
} from "./own-account-service.ts";
import type { AccountDeps } from "./service.ts";
import {
  giveLocalToken,
  isLocal,
  mailSignInLink,
  setUpFirst,
  signInByLink,
  signInByPassword,
  signOut,
} from "./sign-in-service.ts";
import { hasUsers } from "./store.ts";

export const accountHandlers: RouteHandlers<typeof accountRoutes, AccountDeps> = {
  async getSignInWays(deps) {
    const { github, google } = deps.social;
    return {
      setup_required: !(await hasUsers(deps.db)),
      local: isLocal(deps),
      mail: deps.sendsMail,
      sign_up: deps.signUp,
      social: [
        ...(github === null ? [] : ["github" as const]),
        ...(google === null ? [] : ["google" as const]),
      ],
    };
  },
  async setUp(deps, { json, principal }) {
    if (principal.kind !== "token" || !principal.owner)
      throw new AppError("owner_only", "The first account is made with the owner's token of this server.");
    return setUpFirst(deps, json);
  },
  logIn: (deps, { json, context }) => signInByPassword(deps, json, context),
  logOut: (deps, { context }) => signOut(deps, context),
  async sendMagicLink(deps, { json, context }) {
    await mailSignInLink(deps, json.email, context);
    return { url: null, expires_in: limits.magic_link_seconds.value };
  },
  useMagicLink: (deps, { params, context }) => signInByLink(deps, params.token, context),
  signInLocally: async (deps, { context }) => ({ token: giveLocalToken(deps, context.request) }),
  getAccount: async (deps, { context }) => describeAccount(await requireSession(deps, context.request)),
  async deleteAccount(deps, { json, context }) {
    await deleteOwnAccount(deps, await requireSession(deps, context.request), json.confirm);
  },
  exportAccount: async (deps, { context }) =>
    exportOwnAccount(deps, await requireSession(deps, context.request)),
  listSessions: async (deps, { context }) =>
    listOwnSessions(deps, await requireSession(deps, context.request)),
  async deleteSession(deps, { params, context }) {
    await endOwnSession(deps, await requireSession(deps, context.request), params.session);
  },
};
